/*
 * history.c - pieces of the accounting files, as answers; see history.h.
 *
 * A caller asks for a day from an offset on and gets whole lines of JSON: all
 * to operators and managers, to others what is their own.  The answer says
 * where to go on, and at a day's end which day is the next, so that nothing is
 * kept here between two calls, and one call reads a bounded piece of one file.
 */
#include "history.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "accounting.h"
#include "mem.h"
#include "reply.h"
#include "role.h"
#include "scribe.h"

enum { PIECE = 512 * 1024 };

struct piece {
    struct buf lines;
    int64_t next;   /* offset to go on at */
    bool day_ended; /* as far as it has been written */
};

static bool may_see(const char *line, size_t length, bool all, uint32_t uid)
{
    static const char key[] = ",\"uid\":";
    char text[32];
    const char *at;

    if (all)
        return true;
    snprintf(text, sizeof text, "%s%u,", key, (unsigned)uid);
    at = memmem(line, length, key, sizeof key - 1); /* the first is the server's own */
    return at && (size_t)(line + length - at) > strlen(text) && !memcmp(at, text, strlen(text));
}

/* Take the lines of LENGTH BYTES that the caller may see, as many as an answer holds. */
static void take_lines(struct piece *piece, const char *bytes, size_t length, bool all,
                       uint32_t uid)
{
    const char *end;

    while ((end = memchr(bytes, '\n', length))) {
        size_t line = (size_t)(end - bytes) + 1;

        if (may_see(bytes, line, all, uid) && line <= NQS_DATA_MAX) {
            if (piece->lines.length + line > NQS_DATA_MAX) {
                piece->day_ended = false;
                return;
            }
            buf_add(&piece->lines, bytes, line);
        }
        bytes += line;
        length -= line;
        piece->next += (int64_t)line;
    }
}

static void read_piece(const struct nqsd *nqsd, const char *day, const struct call *call,
                       struct piece *piece)
{
    bool all = role_of(nqsd, call->uid) > CORE_USER;
    char path[4096 + 64];
    char name[SCRIBE_NAME_SIZE];
    char *bytes;
    ssize_t got;
    int fd;

    piece->day_ended = true;
    scribe_name(day, SCRIBE_JSON, name);
    snprintf(path, sizeof path, "%s/%s", accounting_path(nqsd), name);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return;
    bytes = mem_new(PIECE);
    got = pread(fd, bytes, PIECE, piece->next);
    if (got == PIECE)
        piece->day_ended = false;
    if (got > 0)
        take_lines(piece, bytes, (size_t)got, all, call->uid);
    mem_free(bytes);
    close(fd);
}

/* The first day behind DAY that has a file, or "". */
static void find_next_day(const struct nqsd *nqsd, const char *day, char next[SCRIBE_DAY_SIZE])
{
    DIR *directory = opendir(accounting_path(nqsd));
    enum scribe_form form;
    struct dirent *entry;

    *next = '\0';
    while (directory && (entry = readdir(directory))) {
        if (!scribe_is_day(entry->d_name, &form) || form != SCRIBE_JSON)
            continue;
        if (strncmp(entry->d_name, day, SCRIBE_DAY_SIZE - 1) > 0 &&
            (!*next || strncmp(entry->d_name, next, SCRIBE_DAY_SIZE - 1) < 0))
            snprintf(next, SCRIBE_DAY_SIZE, "%.8s", entry->d_name);
    }
    if (directory)
        closedir(directory);
}

void history_answer(struct nqsd *nqsd, struct call *call)
{
    const nqs_output_args *args = call->args;
    nqs_output_answer answer = {.code = NQS_OK};
    struct piece piece = {.next = args->offset};
    char next[SCRIBE_DAY_SIZE] = "";
    struct nqs_err err = {.text = ""};

    if (strlen(args->name) != SCRIBE_DAY_SIZE - 1 || args->name[strspn(args->name, "0123456789")] ||
        args->offset < 0) {
        nqs_fail(&err, NQS_VALUE, "'%.20s' is no day; one is written YYYYMMDD", args->name);
        reply_error(nqsd, call, &err);
        return;
    }
    buf_init(&piece.lines);
    read_piece(nqsd, args->name, call, &piece);
    if (piece.day_ended)
        find_next_day(nqsd, args->name, next);
    answer.text = next;
    answer.data.data_val = piece.lines.bytes;
    answer.data.data_len = (unsigned)piece.lines.length;
    answer.size = piece.day_ended ? -1 : piece.next;
    reply_send(nqsd, call, &answer);
    buf_done(&piece.lines);
}
