/*
 * qmgr_order.h - a row of qmgr's grammar, and a command that was read by one.
 */
#ifndef NQS_COMMANDS_QMGR_ORDER_H
#define NQS_COMMANDS_QMGR_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "qmgr_words.h"

enum qmgr_shape {
    SHAPE_NOTHING,
    SHAPE_QUEUE,
    SHAPE_QUEUE_SECONDS,
    SHAPE_QUEUE_MAYBE,
    SHAPE_TWO_QUEUES,
    SHAPE_CREATE,
    SHAPE_VALUE_QUEUE,
    SHAPE_VALUE,
    SHAPE_DEFAULT,
    SHAPE_SERVER,
    SHAPE_PBS_SET,
    SHAPE_PBS_CREATE,
    SHAPE_PBS_UNSET,
    SHAPE_PBS_UNSET_SERVER,
    SHAPE_NAMES,
    SHAPE_NAMES_MAYBE,
    SHAPE_REQUESTS,
    SHAPE_REQUESTS_SECONDS,
    SHAPE_REQUESTS_QUEUE,
    SHAPE_MODIFY,
    SHAPE_SHELL,
    SHAPE_MANAGERS,
    SHAPE_ACCESS,
    SHAPE_COMPLEX_LIST,
    SHAPE_ACCESS_SET,
    SHAPE_LIMIT,
    SHAPE_SECONDS,
    SHAPE_FILE,
    SHAPE_PATH,
    SHAPE_WORDS,
    SHAPE_REST,
    SHAPE_COUNT
};

enum qmgr_does {
    DOES_CALL,      /* of the order's name, or of each of its names */
    DOES_CALL_MANY, /* of each name, or of the active queues when there is none */
    DOES_ACTIVE,
    DOES_MOVE_QUEUE,
    DOES_NOT_HERE, /* row->value says why */
    DOES_SHOW_ALL,
    DOES_SHOW_QUEUE,
    DOES_SHOW_LONG,
    DOES_SHOW_PARAMETERS,
    DOES_SHOW_MANAGERS,
    DOES_SHOW_COMPLEX,
    DOES_SHOW_LIMITS,
    DOES_LIST_QUEUE,
    DOES_LIST_SERVER,
    DOES_PRINT_QUEUE,
    DOES_PRINT_SERVER,
    DOES_SNAP,
    DOES_BACKUP,
    DOES_HELP,
    DOES_EXIT,
    DOES_COUNT
};

struct qmgr_row {
    const char *words;
    enum qmgr_shape shape;
    enum qmgr_does does;
    uint32_t procedure;
    uint16_t attr;
    const char *value;
    const char *arguments;
    const char *text;
};

/* A command that was understood. */
struct qmgr_order {
    const struct qmgr_row *row;
    const char *name;   /* a queue or a path, "" when there is none; lent from `words` */
    const char *target; /* where to move something; likewise */
    const char *names[QMGR_WORDS_MAX]; /* of several queues or requests; likewise */
    size_t count;
    bool lenient;            /* what is to be made may be there already */
    struct attrs attrs;      /* their texts are lent from `words` */
    struct qmgr_words words; /* of a HELP, those at words.at and on are its arguments */
    struct buf space;        /* lists that were put together; does not move */
};

#endif
