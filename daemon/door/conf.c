/*
 * conf.c - reading nqs.conf by the table of config.def.
 */
#include "conf.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "id.h"
#include "mem.h"
#include "str.h"

struct conf_row;

/* Set the member at AT from TEXT; false when TEXT will not do. */
typedef bool conf_set(const struct conf_row *row, void *at, const char *text);

struct conf_row {
    const char *name;
    conf_set *set;
    const char *takes;
    const char *initial;
    size_t at;
    int64_t min;
    int64_t max;
};

static bool set_text(const struct conf_row *row, void *at, const char *text)
{
    char **to = at;
    size_t length = strlen(text);

    if (length > (size_t)row->max || !str_no_control(text, length))
        return false;
    mem_free(*to);
    *to = mem_text(text);
    return true;
}

static bool set_number(const struct conf_row *row, void *at, const char *text)
{
    return str_number(text, row->min, row->max, at);
}

static bool set_flag(const struct conf_row *row, void *at, const char *text)
{
    (void)row;
    if (strcmp(text, "yes") && strcmp(text, "no"))
        return false;
    *(bool *)at = !strcmp(text, "yes");
    return true;
}

static bool set_uids(const struct conf_row *row, void *at, const char *text)
{
    struct conf_uids uids = {.count = 0};
    char word[16];
    int64_t uid;

    (void)row;
    while (*(text += strspn(text, " \t"))) {
        size_t length = strcspn(text, " \t");

        if (length >= sizeof word || uids.count == CONF_UIDS_MAX)
            return false;
        memcpy(word, text, length);
        word[length] = '\0';
        if (!str_number(word, 0, UINT32_MAX - 1, &uid))
            return false;
        uids.uid[uids.count++] = (uint32_t)uid;
        text += length;
    }
    *(struct conf_uids *)at = uids;
    return true;
}

#define TAKES_TEXT set_text, "text"
#define TAKES_NUMBER set_number, "a number in its range"
#define TAKES_FLAG set_flag, "yes or no"
#define TAKES_UIDS set_uids, "user numbers separated by blanks"
static const struct conf_row conf_rows[] = {
#define C(name, type, initial, min, max, text) \
    {#name, TAKES_##type, initial, offsetof(struct conf, name), min, max},
#include "config.def"
#undef C
};

enum { CONF_ROWS = sizeof conf_rows / sizeof *conf_rows };

static void *conf_at(struct conf *conf, const struct conf_row *row)
{
    return (char *)conf + row->at;
}

void conf_init(struct conf *conf)
{
    *conf = (struct conf){0};
    for (size_t i = 0; i < CONF_ROWS; i++)
        conf_rows[i].set(&conf_rows[i], conf_at(conf, &conf_rows[i]), conf_rows[i].initial);
}

void conf_done(struct conf *conf)
{
    for (size_t i = 0; i < CONF_ROWS; i++)
        if (conf_rows[i].set == set_text)
            mem_free(*(char **)conf_at(conf, &conf_rows[i]));
    *conf = (struct conf){0};
}

static enum nqs_code unknown_name(const char *file, unsigned number, const char *name,
                                  struct nqs_err *err)
{
    const char *names[CONF_ROWS + 1] = {NULL};
    const char *near;

    for (size_t i = 0; i < CONF_ROWS; i++)
        names[i] = conf_rows[i].name;
    near = str_nearest(name, names);
    if (near)
        return nqs_fail(err, NQS_CONFIG, "%s:%u: unknown setting '%.60s': did you mean '%s'?", file,
                        number, name, near);
    return nqs_fail(err, NQS_CONFIG, "%s:%u: unknown setting '%.60s'", file, number, name);
}

/* Take one LINE, ended by a NUL and without its newline. */
static enum nqs_code conf_line(struct conf *conf, const char *file, unsigned number, char *line,
                               struct nqs_err *err)
{
    char *name = line + strspn(line, " \t\r");
    size_t length = strcspn(name, " \t\r");
    char *value = name + length + strspn(name + length, " \t\r");
    char *end = value + strlen(value);

    if (!*name || *name == '#')
        return NQS_OK;
    name[length] = '\0';
    while (end > value && strchr(" \t\r", end[-1]))
        *--end = '\0';
    for (size_t i = 0; i < CONF_ROWS; i++) {
        if (strcmp(conf_rows[i].name, name))
            continue;
        if (conf_rows[i].set(&conf_rows[i], conf_at(conf, &conf_rows[i]), value))
            return NQS_OK;
        return nqs_fail(err, NQS_CONFIG, "%s:%u: %s takes %s, not '%.60s'", file, number, name,
                        conf_rows[i].takes, value);
    }
    return unknown_name(file, number, name, err);
}

static enum nqs_code conf_lines(struct conf *conf, const char *name, char *text,
                                struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;
    unsigned number = 1;

    for (char *next; !code && text; text = next, number++) {
        next = strchr(text, '\n');
        if (next)
            *next++ = '\0';
        code = conf_line(conf, name, number, text, err);
    }
    return code;
}

static enum nqs_code conf_judge(struct conf *conf, const char *name, struct nqs_err *err)
{
    char host[NQS_SERVER_MAX + 1] = "";

    if (!*conf->server) {
        if (gethostname(host, sizeof host - 1))
            return nqs_fail_errno(err, NQS_CONFIG, "%s: the host has no name: set server", name);
        host[strcspn(host, ".")] = '\0';
        mem_free(conf->server);
        conf->server = mem_text(host);
    }
    if (!id_server_valid(conf->server))
        return nqs_fail(err, NQS_CONFIG,
                        "%s: server '%.60s' is no name: use letters, digits, '-', '_' and '.'",
                        name, conf->server);
    return NQS_OK;
}

enum nqs_code conf_parse(struct conf *conf, const char *name, const char *text, size_t length,
                         struct nqs_err *err)
{
    char *copy;
    enum nqs_code code;

    if (length > CONF_BYTES_MAX)
        return nqs_fail(err, NQS_CONFIG, "%s: longer than %d bytes", name, CONF_BYTES_MAX);
    if (memchr(text, 0, length))
        return nqs_fail(err, NQS_CONFIG, "%s: there is a NUL byte in it", name);
    copy = mem_copy(text, length);
    code = conf_lines(conf, name, copy, err);
    mem_free(copy);
    return code ? code : conf_judge(conf, name, err);
}

enum nqs_code conf_read(struct conf *conf, const char *path, struct nqs_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct buf text;
    enum nqs_code code;
    ssize_t got = 1;

    if (fd < 0)
        return nqs_fail_errno(err, NQS_CONFIG, "cannot read %s", path);
    buf_init(&text);
    while (got > 0 && text.length <= CONF_BYTES_MAX) {
        got = read(fd, buf_reserve(&text, 4096), 4096);
        if (got > 0)
            text.length += (size_t)got;
    }
    if (got < 0)
        code = nqs_fail_errno(err, NQS_CONFIG, "cannot read %s", path);
    else
        code = conf_parse(conf, path, buf_text(&text), text.length, err);
    close(fd);
    buf_done(&text);
    return code;
}

bool conf_has_uid(const struct conf_uids *uids, uint32_t uid)
{
    for (unsigned i = 0; i < uids->count; i++)
        if (uids->uid[i] == uid)
            return true;
    return false;
}
