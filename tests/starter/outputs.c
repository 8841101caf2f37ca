/*
 * outputs.c - output files, the spool, delivery, and what users put in the way.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cell.h"
#include "tests.h"

void test_spool_and_deliver(struct cell *cell)
{
    const char *out = cell_path(cell, "home/late/out");
    struct exit_record record =
        job_run(cell, &WISH(.id = "20.host", .script = "echo out; echo err >&2\n", .out = out,
                            .err = cell_path(cell, "home/err")));
    struct stat stat_buf;

    CHECK(record.status == 0 && strcmp(record.spooled, "o") == 0);
    CHECK(stat(cell_path(cell, "spool/out/20.host.o"), &stat_buf) == 0);
    CHECK(stat_buf.st_uid == cell->user && (stat_buf.st_mode & 07777) == 0640);
    CHECK(order_deliver(cell, "20.host", "o", out, NULL) == ORDER_CODE_FAILED);
    CHECK(strstr(answer_text(), "No such file") != NULL);
    mkdir(cell_path(cell, "home/late"), 0755);
    if (chown(cell_path(cell, "home/late"), cell->user, (gid_t)-1) != 0)
        give_up("chown");
    CHECK(order_deliver(cell, "20.host", "o", cell_path(cell, "home/late"), "name.o20") ==
          ORDER_CODE_DONE);
    CHECK(strcmp(text_of(cell_path(cell, "home/late/name.o20")), "out\n") == 0);
    CHECK(access(cell_path(cell, "spool/out/20.host.o"), F_OK) != 0);
    CHECK(order_deliver(cell, "20.host", "o", out, NULL) == ORDER_CODE_DONE);

    record = job_run(cell, &WISH(.id = "20.host", .incarnation = 2, .script = "echo one\n"));
    CHECK(strcmp(record.spooled, "oe") == 0);
    record = job_run(cell, &WISH(.id = "20.host", .incarnation = 3, .script = "echo two\n"));
    CHECK(strcmp(text_of(cell_path(cell, "spool/out/20.host.o")), "one\ntwo\n") == 0);
}

/* T11: what a user can put at the place of an output file. */
void test_output_attacks(struct cell *cell)
{
    const char *secret = cell_path(cell, "secret");
    const char *trap = cell_path(cell, "home/trap");
    const char *fifo = cell_path(cell, "home/fifo");
    struct exit_record record;
    FILE *file = fopen(secret, "w");

    fclose(file);
    chmod(secret, 0600);
    if (symlink(secret, trap) != 0 || mkfifo(fifo, 0666) != 0 || chmod(fifo, 0666) != 0)
        give_up("making traps");
    record =
        job_run(cell, &WISH(.id = "21.a", .script = "echo x\n", .out = fifo, .err = "/dev/null"));
    CHECK(record.status == 0 && strcmp(record.spooled, "o") == 0);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    record =
        job_run(cell, &WISH(.id = "21.b", .script = "echo x\n", .out = fifo, .err = "/dev/null"));
    CHECK(record.status == 0 && strcmp(record.spooled, "o") == 0);
    CHECK(order_deliver(cell, "21.b", "o", fifo, NULL) == ORDER_CODE_FAILED);
    close(reader);
    record = job_run(cell, &WISH(.id = "21.c", .script = "echo x\n", .err = "/dev/null",
                                 .out = cell_path(cell, "home/"), .out_name = "n.o21"));
    CHECK(strcmp(text_of(cell_path(cell, "home/n.o21")), "x\n") == 0);
    record = job_run(cell, &WISH(.id = "21.d", .script = "echo x\n", .err = "/dev/null",
                                 .out = cell_path(cell, "home"), .out_name = "m.o21"));
    CHECK(strcmp(text_of(cell_path(cell, "home/m.o21")), "x\n") == 0);
    record = job_run(cell, &WISH(.id = "21.e", .script = "echo x\n", .err = "/dev/null",
                                 .out = cell_path(cell, "home/new\nline")));
    CHECK(strcmp(text_of(cell_path(cell, "home/new\nline")), "x\n") == 0);
    if (cell->personal)
        return;
    record =
        job_run(cell, &WISH(.id = "21.f", .script = "echo x\n", .out = trap, .err = "/dev/null"));
    CHECK(strcmp(record.spooled, "o") == 0 && *text_of(secret) == '\0');
    CHECK(order_deliver(cell, "21.f", "o", trap, NULL) == ORDER_CODE_FAILED);
    CHECK(*text_of(secret) == '\0');
}

/* A user who makes the spool's names his own before a job does. */
void test_spool_is_roots(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    const char *env[] = {NULL, NULL};
    char entry[600];

    snprintf(entry, sizeof entry, "SPOOL=%s", cell_path(cell, "spool"));
    env[0] = entry;
    job_run(cell,
            &WISH(.id = "22.host", .out = out, .err = "/dev/null", .env = env,
                  .script =
                      "for f in out/22.host.o out/x run/x run/22.host.1/x run/22.host.1/begun "
                      "run/22.host.1/lock; do (: >> $SPOOL/$f) && echo wrote $f; done\n"
                      "ls $SPOOL/out && echo listed; ls $SPOOL/run/22.host.1 && echo listed\n"
                      "cat $SPOOL/run/22.host.1/lock && echo read\n"));
    CHECK(*text_of(out) == '\0');
}
