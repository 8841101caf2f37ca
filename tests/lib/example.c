/*
 * example.c - what nqs(3) can do: submit, look, hold, release, wait.
 *
 *     cc example.c $(pkg-config --cflags --libs nqs) && ./a.out queue
 *
 * Prints a line for each step; exits with the request's status, or 100.
 */
#include <nqs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(int code, const struct nqs_error *error)
{
    if (!code)
        return;
    fprintf(stderr, "%d (%d): %s\n", code, nqs_status_of(code), error->text);
    exit(100);
}

/* Print an attribute of request ID. */
static void show(struct nqs *nqs, const char *id, const char *attribute)
{
    struct nqs_listing *listing = nqs_jobs(nqs, &id, 1, NQS_WITH_ENDED | NQS_WITH_ALL);
    struct nqs_error error = {0};
    const char *value = NULL;

    if (nqs_listing_next(listing, &error) == 1)
        value = nqs_listing_value(listing, attribute);
    printf("%s %s\n", attribute, value ? value : error.text);
    nqs_listing_free(listing);
}

/* Count the requests that are called NAME. */
static int count(struct nqs *nqs, const char *name)
{
    struct nqs_values *values = nqs_values_new();
    struct nqs_listing *listing;
    struct nqs_error error;
    int found = 0;

    need(nqs_values_set(values, "Job_Name", name, &error), &error);
    listing = nqs_select(nqs, values, 0);
    while (nqs_listing_next(listing, &error) == 1)
        found++;
    nqs_listing_free(listing);
    nqs_values_free(values);
    return found;
}

static void submit(struct nqs *nqs, const char *queue, char id[NQS_ID_SIZE])
{
    static const char script[] = "echo \"$COLOUR $1\"; exit 7\n";
    struct nqs_values *values = nqs_values_new();
    struct nqs_error error;

    need(nqs_values_script(values, script, strlen(script), &error), &error);
    need(nqs_values_set(values, "Job_Name", "example", &error), &error);
    need(nqs_values_set(values, "Hold_Types", "u", &error), &error);
    need(nqs_values_set(values, "walltime", "1:00", &error), &error);
    need(nqs_values_set(values, "Variable_List", "COLOUR=blue, or green", &error), &error);
    need(nqs_values_set(values, "Variable_List", "SIZE=1", &error), &error);
    need(nqs_values_set(values, "Script_Arguments", "first word", &error), &error);
    printf("refused %d\n", nqs_values_set(values, "Priority", "9999", &error));
    printf("unknown %d\n", nqs_values_set(values, "Jobname", "x", &error));
    need(nqs_submit(nqs, queue, values, id, &error), &error);
    nqs_values_free(values);
}

/* Alter what request ID may use, and move it to where it is already. */
static void alter(struct nqs *nqs, const char *id)
{
    struct nqs_values *values = nqs_values_new();
    struct nqs_error error;

    need(nqs_values_set(values, "Resource_List.walltime", "2:00", &error), &error);
    need(nqs_values_set(values, "Priority", "7", &error), &error);
    need(nqs_alter(nqs, id, values, &error), &error);
    nqs_values_free(values);
    show(nqs, id, "walltime");
    show(nqs, id, "Priority");
    printf("nowhere %d\n", nqs_move(nqs, id, "nowhere", &error));
}

int main(int argc, char **argv)
{
    struct nqs_listing *listing;
    struct nqs_error error;
    char id[NQS_ID_SIZE];
    struct nqs_end end;
    struct nqs *nqs;

    need(nqs_open(NULL, &nqs, &error), &error);
    submit(nqs, argc > 1 ? argv[1] : NULL, id);
    show(nqs, id, "job_state");
    show(nqs, id, "Resource_List.walltime");
    show(nqs, id, "Variable_List");
    alter(nqs, id);
    printf("called so %d\n", count(nqs, "example"));
    printf("no signal %d\n", nqs_signal(nqs, id, 10, &error));
    printf("timeout %d\n", nqs_wait(nqs, id, 0, &end, &error));
    printf("no request %d\n", nqs_delete(nqs, "99999", NULL));
    need(nqs_hold(nqs, id, "u", &error), &error);
    need(nqs_release(nqs, id, "u", &error), &error);
    need(nqs_wait(nqs, id, -1, &end, &error), &error);
    printf("ended %d '%s'\n", end.status, end.reason);
    listing = nqs_queues(nqs, NULL, 0);
    while (nqs_listing_next(listing, &error) == 1)
        printf("queue %s runs %s\n", nqs_listing_name(listing),
               nqs_listing_value(listing, "run_limit"));
    nqs_listing_free(listing);
    nqs_close(nqs);
    return end.status;
}
