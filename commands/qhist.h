/*
 * qhist.h - records of accounting, as qhist reads and prints them.
 */
#ifndef NQS_COMMANDS_QHIST_H
#define NQS_COMMANDS_QHIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { QHIST_TEXT_MAX = 256 };

/* One record.  A number that the line does not have is QHIST_NONE. */
#define QHIST_NONE INT64_MIN
struct qhist_record {
    char id[QHIST_TEXT_MAX];
    char type[QHIST_TEXT_MAX];
    char user[QHIST_TEXT_MAX];
    char group[QHIST_TEXT_MAX];
    char account[QHIST_TEXT_MAX];
    char queue[QHIST_TEXT_MAX];
    char name[QHIST_TEXT_MAX];
    char reason[QHIST_TEXT_MAX];
    int64_t time;
    int64_t start;
    int64_t status;
    int64_t walltime;
    int64_t cput;
    int64_t mem;
    int64_t run_count;
    int64_t array_step;
};

/* Read LENGTH bytes of LINE, an object of texts and numbers; false when it is none. */
bool qhist_read(const char *line, size_t length, struct qhist_record *ret);

enum qhist_form { QHIST_TABLE, QHIST_CSV, QHIST_JSON };

/* Print the head of a listing, and a record whose line is LENGTH bytes of LINE. */
void qhist_head(FILE *to, enum qhist_form form);
void qhist_print(FILE *to, enum qhist_form form, const struct qhist_record *record,
                 const char *line, size_t length);

/* Totals by a key. */
struct qhist_sum {
    char key[QHIST_TEXT_MAX];
    int64_t count;
    int64_t failed;
    int64_t walltime;
    int64_t cput;
};

/* Print COUNT rows of totals by what is called BY. */
void qhist_sums(FILE *to, enum qhist_form form, const char *by, const struct qhist_sum *sums,
                size_t count);

#endif
