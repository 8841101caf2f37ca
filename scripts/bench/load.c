/*
 * load.c - many clients at once, through the client library.
 *
 *   load submit CLIENTS COUNT [UID...]  held requests, all different: names, environment
 *   load ask ID COUNT                   COUNT times the status of ID, and of the queues
 *
 * submit forks a process for each UID (none: its own) and divides the clients
 * among them; each client is a thread with a connection of its own.  Prints
 * the answered submissions a second, from the first to the last.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

enum { NAMES = 50, ENVIRONMENT = 1024, UIDS_MAX = 64 };

struct part {
    long first;
    long count;
    long *done; /* shared memory */
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fill(struct attrs *attrs, long number, char *name, char *environment)
{
    static const char script[] = "#!/bin/sh\nexit 0\n";
    size_t used = 0;

    attrs_clear(attrs);
    snprintf(name, 32, "name%02ld", number % NAMES);
    while (used < ENVIRONMENT - 64)
        used += (size_t)snprintf(environment + used, 64, "VARIABLE_%ld_%zu=%032lx", number, used,
                                 number * 2654435761L) +
                1;
    attrs_add_text(attrs, ATTR_name, name);
    attrs_add_number(attrs, ATTR_holds, HOLD_USER);
    attrs_add_bytes(attrs, ATTR_script, script, sizeof script - 1);
    attrs_add_bytes(attrs, ATTR_variables, environment, used);
    attrs_add_text(attrs, ATTR_output_path, "localhost:/dev/null");
    attrs_add_text(attrs, ATTR_error_path, "localhost:/dev/null");
}

static void *client_run(void *context)
{
    struct part *part = context;
    struct client *client;
    struct nqs_err err;
    struct attrs attrs;
    char name[32];
    char environment[ENVIRONMENT];
    uint8_t token[16];

    attrs_init(&attrs);
    if (client_open(NULL, &client, &err)) {
        fprintf(stderr, "load: %s\n", err.text);
        return NULL;
    }
    for (long i = 0; i < part->count; i++) {
        fill(&attrs, part->first + i, name, environment);
        client_token(token);
        if (client_change(client, NQS_QUEUE_JOB, "", token, &attrs, NULL, &err)) {
            fprintf(stderr, "load: %s\n", err.text);
            break;
        }
        __atomic_add_fetch(part->done, 1, __ATOMIC_RELAXED);
    }
    client_close(client);
    attrs_done(&attrs);
    return NULL;
}

static void run_clients(long first, long clients, long count, long *done)
{
    pthread_t *threads = calloc((size_t)clients, sizeof *threads);
    struct part *parts = calloc((size_t)clients, sizeof *parts);

    for (long i = 0; i < clients; i++) {
        parts[i] = (struct part){first + i * (count / clients), count / clients, done};
        if (pthread_create(&threads[i], NULL, client_run, &parts[i]))
            exit(2);
    }
    for (long i = 0; i < clients; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    free(parts);
}

static int submit(int argc, char **argv)
{
    long clients = atol(argv[0]);
    long count = atol(argv[1]);
    long uids = argc - 2 > 0 ? argc - 2 : 1;
    long *done = mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double start = now();
    double seconds;

    for (long i = 0; i < uids; i++) {
        if (fork())
            continue;
        if (argc > 2 && setuid((uid_t)atol(argv[2 + i])))
            _exit(2);
        run_clients(i * (count / uids), clients / uids ? clients / uids : 1, count / uids, done);
        _exit(0);
    }
    while (wait(NULL) > 0)
        ;
    seconds = now() - start;
    printf("submissions %ld clients %ld seconds %.3f per_s %.0f\n", *done, clients, seconds,
           (double)*done / seconds);
    return *done ? 0 : 1;
}

/* The call alone, without a process for each. */
static double ask(struct client *client, uint32_t procedure, const char *name, long count)
{
    double start = now();

    for (long i = 0; i < count; i++) {
        nqs_name names[1] = {{(char *)name}};
        nqs_status_args args = {.after = (char *)""};
        nqs_status_answer answer;
        struct nqs_err err;

        memset(&answer, 0, sizeof answer);
        args.names.names_len = *name ? 1 : 0;
        args.names.names_val = names;
        if (client_call(client, procedure, &args, &answer, &err)) {
            fprintf(stderr, "load: %s\n", err.text);
            exit(2);
        }
        client_free(procedure, &answer);
    }
    return (now() - start) / (double)count * 1e6;
}

static int ask_all(const char *id, long count)
{
    struct client *client;
    struct nqs_err err;

    if (client_open(NULL, &client, &err)) {
        fprintf(stderr, "load: %s\n", err.text);
        return 2;
    }
    printf("status_of_one_us %.1f\n", ask(client, NQS_STATUS_JOBS, id, count));
    printf("status_of_queues_us %.1f\n", ask(client, NQS_STATUS_QUEUES, "", count));
    client_close(client);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 4 && !strcmp(argv[1], "submit"))
        return submit(argc - 2, argv + 2);
    if (argc == 4 && !strcmp(argv[1], "ask"))
        return ask_all(argv[2], atol(argv[3]));
    fprintf(stderr, "usage: load submit CLIENTS COUNT [UID...] | load ask ID COUNT\n");
    return 1;
}
