/*
 * nqs.c - the public face of the client library; see nqs.h.
 *
 * The commands stand on what is below this file (client.h, attr.h, follow.h);
 * here the same is given to others, with texts in the place of ids and types,
 * so that a program that was built yesterday knows today's attributes.
 */
#include "nqs.h"

#include <assert.h>
#include <string.h>

#include "attr.h"
#include "client.h"
#include "clock.h"
#include "follow.h"
#include "mem.h"
#include "str.h"

static_assert((int)NQS_FAILED_ID == NQS_SYNTAX && (int)NQS_FAILED_UNKNOWN == NQS_NOJOB &&
                  (int)NQS_FAILED_QUEUE == NQS_NOQUEUE && (int)NQS_FAILED_PERMISSION == NQS_PERM &&
                  (int)NQS_FAILED_STATE == NQS_STATE && (int)NQS_FAILED_VALUE == NQS_VALUE &&
                  (int)NQS_FAILED_ATTRIBUTE == NQS_NOATTR &&
                  (int)NQS_FAILED_READONLY == NQS_READONLY &&
                  (int)NQS_FAILED_FINISHED == NQS_FINISHED &&
                  (int)NQS_FAILED_UNREACHABLE == NQS_UNREACHABLE &&
                  (int)NQS_FAILED_TIMEOUT == NQS_TIMEOUT &&
                  (int)NQS_FAILED_UNSUPPORTED == NQS_UNSUPPORTED,
              "the codes of nqs.h are those of err.def");
static_assert((int)NQS_ERROR_SIZE == (int)NQS_ERR_TEXT_MAX && NQS_ID_SIZE == NQS_NAME_MAX + 1,
              "the sizes of nqs.h are ours");

struct nqs {
    struct client *client; /* owned */
};

/* One value, with its bytes behind it. */
struct nqs_values {
    struct attrs attrs;
    struct buf *texts; /* of attrs.list, in its order; owned, and each is */
    size_t room;
};

struct nqs_listing {
    struct client_rows *rows;          /* owned */
    const struct nqs_values *criteria; /* borrowed; NULL: every row */
    enum attr_of of;
    const struct nqs_row *row; /* lent by rows */
    struct attrs attrs;
    struct buf text;
};

/* Give the code of ERR to the caller, and its text. */
static int answer(enum nqs_code code, const struct nqs_err *err, struct nqs_error *error)
{
    if (code && error) {
        error->code = (int)code;
        str_copy(error->text, sizeof error->text, err->text);
    }
    return (int)code;
}

int nqs_open(const char *socket, struct nqs **ret, struct nqs_error *error)
{
    struct client *client;
    struct nqs_err err;
    enum nqs_code code = client_open(socket, &client, &err);

    if (code)
        return answer(code, &err, error);
    *ret = mem_new(sizeof **ret);
    (*ret)->client = client;
    return 0;
}

void nqs_close(struct nqs *nqs)
{
    if (!nqs)
        return;
    client_close(nqs->client);
    mem_free(nqs);
}

int nqs_status_of(int code)
{
    return nqs_exit_status((enum nqs_code)code);
}

/* ----------------------------------------------------------------- values */

struct nqs_values *nqs_values_new(void)
{
    return mem_new(sizeof(struct nqs_values));
}

void nqs_values_free(struct nqs_values *values)
{
    if (!values)
        return;
    for (size_t i = 0; i < values->attrs.count; i++)
        buf_done(&values->texts[i]);
    mem_free(values->texts);
    attrs_done(&values->attrs);
    mem_free(values);
}

/* The place of ID, made if there is none yet. */
static size_t values_place(struct nqs_values *values, uint16_t id)
{
    size_t at = 0;

    while (at < values->attrs.count && values->attrs.list[at].id != id)
        at++;
    if (at < values->attrs.count)
        return at;
    if (at == values->room) {
        values->room = values->room ? 2 * values->room : 16;
        values->texts = mem_grow(values->texts, values->room, sizeof *values->texts);
    }
    buf_init(&values->texts[at]);
    attrs_add_bytes(&values->attrs, id, "", 0);
    return at;
}

static const struct attr_def *job_named(const char *name)
{
    const struct attr_def *def = attr_named(OF_JOB, name);

    return def ? def : attr_resource(name);
}

/* What PARSED has becomes the value of DEF, or the next item of its list. */
static void values_put(struct nqs_values *values, const struct attr_def *def,
                       const struct attr *parsed)
{
    size_t at = values_place(values, def->id);
    struct buf *text = &values->texts[at];
    struct attr *attr = &values->attrs.list[at];

    if (def->type != TYPE_LIST)
        buf_clear(text);
    if (!attr_numeric(def->type))
        buf_add(text, parsed->bytes, parsed->length);
    if (def->type == TYPE_LIST)
        buf_add_char(text, '\0');
    *attr = (struct attr){.id = def->id,
                          .number = parsed->number,
                          .bytes = text->bytes ? text->bytes : "",
                          .length = (uint32_t)text->length};
}

int nqs_values_set(struct nqs_values *values, const char *name, const char *text,
                   struct nqs_error *error)
{
    const struct attr_def *def = job_named(name);
    struct attr attr = {0};
    struct nqs_err err;
    enum nqs_code code;

    if (!def) {
        code = nqs_fail(&err, NQS_NOATTR, "there is no attribute '%.80s'", name);
        return answer(code, &err, error);
    }
    code = attr_parse(def, text, &attr, &err);
    if (!code)
        values_put(values, def, &attr);
    return answer(code, &err, error);
}

int nqs_values_script(struct nqs_values *values, const void *bytes, size_t length,
                      struct nqs_error *error)
{
    const struct attr_def *def = attr_find(ATTR_script);
    struct attr attr = {.id = ATTR_script, .bytes = bytes, .length = (uint32_t)length};
    struct nqs_err err;

    if (length > (size_t)def->max)
        return answer(nqs_fail(&err, NQS_TOOBIG, "a script has at most %lld bytes, not %zu",
                               (long long)def->max, length),
                      &err, error);
    values_put(values, def, &attr);
    return 0;
}

/* ---------------------------------------------------------------- changes */

static int change(struct nqs *nqs, uint32_t procedure, const char *id, const struct attrs *attrs,
                  struct nqs_error *error)
{
    struct nqs_err err;

    return answer(client_change(nqs->client, procedure, id, NULL, attrs, NULL, &err), &err, error);
}

int nqs_submit(struct nqs *nqs, const char *queue, const struct nqs_values *values,
               char id[NQS_ID_SIZE], struct nqs_error *error)
{
    uint8_t token[NQS_TOKEN_SIZE];
    struct attrs attrs = {0};
    struct nqs_err err;
    enum nqs_code code;

    for (size_t i = 0; i < values->attrs.count; i++)
        attrs_add(&attrs, &values->attrs.list[i]);
    if (!attrs_find(&attrs, ATTR_name))
        attrs_add_text(&attrs, ATTR_name, "STDIN");
    client_token(token);
    code = client_change(nqs->client, NQS_QUEUE_JOB, queue ? queue : "", token, &attrs, id, &err);
    attrs_done(&attrs);
    return answer(code, &err, error);
}

int nqs_delete(struct nqs *nqs, const char *id, struct nqs_error *error)
{
    return change(nqs, NQS_DELETE_JOB, id, NULL, error);
}

int nqs_rerun(struct nqs *nqs, const char *id, struct nqs_error *error)
{
    return change(nqs, NQS_RERUN_JOB, id, NULL, error);
}

/* PROCEDURE with one number. */
static int change_number(struct nqs *nqs, uint32_t procedure, const char *id, uint16_t attr,
                         int64_t number, struct nqs_error *error)
{
    struct attrs attrs = {0};
    int code;

    attrs_add_number(&attrs, attr, number);
    code = change(nqs, procedure, id, &attrs, error);
    attrs_done(&attrs);
    return code;
}

static int change_holds(struct nqs *nqs, uint32_t procedure, const char *id, const char *holds,
                        struct nqs_error *error)
{
    struct nqs_err err;
    int64_t bits;
    enum nqs_code code = attr_parse_holds(holds, &bits, &err);

    if (code)
        return answer(code, &err, error);
    return change_number(nqs, procedure, id, ATTR_set_holds, bits, error);
}

int nqs_hold(struct nqs *nqs, const char *id, const char *holds, struct nqs_error *error)
{
    return change_holds(nqs, NQS_HOLD_JOB, id, holds, error);
}

int nqs_release(struct nqs *nqs, const char *id, const char *holds, struct nqs_error *error)
{
    return change_holds(nqs, NQS_RELEASE_JOB, id, holds, error);
}

int nqs_signal(struct nqs *nqs, const char *id, int number, struct nqs_error *error)
{
    return change_number(nqs, NQS_SIGNAL_JOB, id, ATTR_signal, number, error);
}

int nqs_alter(struct nqs *nqs, const char *id, const struct nqs_values *values,
              struct nqs_error *error)
{
    return change(nqs, NQS_MODIFY_JOB, id, &values->attrs, error);
}

int nqs_move(struct nqs *nqs, const char *id, const char *queue, struct nqs_error *error)
{
    struct attrs attrs = {0};
    int code;

    attrs_add_text(&attrs, ATTR_destination, queue);
    code = change(nqs, NQS_MOVE_JOB, id, &attrs, error);
    attrs_done(&attrs);
    return code;
}

/* ----------------------------------------------------------------- status */

static struct nqs_listing *listing_new(struct nqs *nqs, uint32_t procedure, enum attr_of of,
                                       const char *const *names, size_t count, unsigned flags)
{
    struct nqs_listing *listing = mem_new(sizeof *listing);

    listing->of = of;
    listing->rows = client_rows_new(nqs->client, procedure, names, count, flags, NULL, 0);
    attrs_init(&listing->attrs);
    buf_init(&listing->text);
    return listing;
}

struct nqs_listing *nqs_jobs(struct nqs *nqs, const char *const *ids, size_t count, unsigned flags)
{
    return listing_new(nqs, NQS_STATUS_JOBS, OF_JOB, ids, count, flags);
}

struct nqs_listing *nqs_queues(struct nqs *nqs, const char *const *names, size_t count)
{
    return listing_new(nqs, NQS_STATUS_QUEUES, OF_QUEUE, names, count, 0);
}

struct nqs_listing *nqs_server(struct nqs *nqs)
{
    return listing_new(nqs, NQS_STATUS_SERVER, OF_SERVER, NULL, 0, 0);
}

struct nqs_listing *nqs_select(struct nqs *nqs, const struct nqs_values *values, unsigned flags)
{
    struct nqs_listing *listing = nqs_jobs(nqs, NULL, 0, flags | NQS_STATUS_BODY);

    listing->criteria = values;
    return listing;
}

void nqs_listing_free(struct nqs_listing *listing)
{
    if (!listing)
        return;
    client_rows_free(listing->rows);
    attrs_done(&listing->attrs);
    buf_done(&listing->text);
    mem_free(listing);
}

/* A number that is not sent is 0. */
static bool values_match(const struct nqs_values *criteria, const struct attrs *attrs)
{
    for (size_t i = 0; i < criteria->attrs.count; i++) {
        const struct attr *want = &criteria->attrs.list[i];
        const struct attr *have = attrs_find(attrs, want->id);

        if (attr_numeric(attr_find(want->id)->type)) {
            if (want->number != (have ? have->number : 0))
                return false;
        } else if (want->length != (have ? have->length : 0) ||
                   (want->length && memcmp(want->bytes, have->bytes, want->length) != 0)) {
            return false;
        }
    }
    return true;
}

int nqs_listing_next(struct nqs_listing *listing, struct nqs_error *error)
{
    enum nqs_code code;
    struct nqs_err err;

    do
        listing->row = client_rows_next(listing->rows, &listing->attrs, &code, &err);
    while (listing->row && !listing->row->code && listing->criteria &&
           !values_match(listing->criteria, &listing->attrs));
    if (listing->row && listing->row->code) {
        code = nqs_fail(&err, (enum nqs_code)listing->row->code, "%s: %s", listing->row->name,
                        nqs_code_title((enum nqs_code)listing->row->code));
        listing->row = NULL;
    }
    if (listing->row)
        return 1;
    attrs_clear(&listing->attrs);
    answer(code, &err, error);
    return code ? -1 : 0;
}

const char *nqs_listing_name(const struct nqs_listing *listing)
{
    return listing->row ? listing->row->name : NULL;
}

static const char *value_text(struct nqs_listing *listing, const struct attr *attr)
{
    buf_clear(&listing->text);
    attr_print(attr, &listing->text);
    return buf_text(&listing->text);
}

const char *nqs_listing_value(struct nqs_listing *listing, const char *attribute)
{
    const struct attr_def *def = attr_named(listing->of, attribute);
    const struct attr *attr;

    if (!def && listing->of == OF_JOB)
        def = attr_resource(attribute);
    if (!def && listing->of == OF_SERVER)
        def = attr_named(OF_QUEUE, attribute); /* counts, which both have */
    attr = def ? attrs_find(&listing->attrs, def->id) : NULL;
    return attr ? value_text(listing, attr) : NULL;
}

int nqs_listing_each(struct nqs_listing *listing, size_t *at, const char **ret_name,
                     const char **ret_value)
{
    while (*at < listing->attrs.count) {
        const struct attr *attr = &listing->attrs.list[(*at)++];
        const struct attr_def *def = attr_find(attr->id);

        if (!def || def->type == TYPE_BYTES)
            continue;
        *ret_name = def->shown;
        *ret_value = value_text(listing, attr);
        return 1;
    }
    return 0;
}

/* ---------------------------------------------------------------- waiting */

int nqs_wait(struct nqs *nqs, const char *id, int timeout_ms, struct nqs_end *ret,
             struct nqs_error *error)
{
    nqs_time until = clock_now().steady + (nqs_time)timeout_ms * (NQS_SECOND / 1000);
    struct follow_end end;
    enum nqs_code code;
    struct nqs_err err;

    do {
        unsigned poll = FOLLOW_POLL_MS;
        nqs_time left = (until - clock_now().steady) / (NQS_SECOND / 1000);

        if (timeout_ms >= 0 && left < FOLLOW_POLL_MS)
            poll = left > 0 ? (unsigned)left : 0;
        code = follow_wait(nqs->client, id, poll, &end, &err);
    } while (code == NQS_TIMEOUT && (timeout_ms < 0 || clock_now().steady < until));
    if (code)
        return answer(code, &err, error);
    ret->status = (int)end.status;
    str_copy(ret->reason, sizeof ret->reason, end.reason);
    return 0;
}
