/*
 * conf.h - nqs.conf: lines of a name and its value; see config.def.
 */
#ifndef NQS_DOOR_CONF_H
#define NQS_DOOR_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum { CONF_UIDS_MAX = 256, CONF_BYTES_MAX = 65536 };

struct conf_uids {
    uint32_t uid[CONF_UIDS_MAX];
    unsigned count;
};

#define CONF_TEXT char *
#define CONF_NUMBER int64_t
#define CONF_FLAG bool
#define CONF_UIDS struct conf_uids
struct conf {
#define C(name, type, initial, min, max, text) CONF_##type name;
#include "config.def"
#undef C
};

/* Every setting at its default.  conf_done() gives its texts back. */
void conf_init(struct conf *conf);
void conf_done(struct conf *conf);

/*
 * Read LENGTH bytes of TEXT, named NAME in errors, over CONF.  NQS_CONFIG with
 * the line's number and what is wrong; a misspelt name gets a suggestion.
 */
enum nqs_code conf_parse(struct conf *conf, const char *name, const char *text, size_t length,
                         struct nqs_err *err);

/* Read the file PATH. */
enum nqs_code conf_read(struct conf *conf, const char *path, struct nqs_err *err);

bool conf_has_uid(const struct conf_uids *uids, uint32_t uid);

#endif
