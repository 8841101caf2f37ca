/*
 * client.c - calling a server; see client.h.
 *
 * A command lives for a few hundred microseconds, so nothing here costs what
 * is not needed: no names are looked up, no locale, no thread; one buffer is
 * sent and one is received.  A connection that failed is closed at once and
 * the next call opens a new one: a half-read reply can never be taken for the
 * reply to a later call.
 */
#include "client.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "address.h"
#include "clock.h"
#include "frame.h"
#include "mem.h"
#include "str.h"

enum {
    CLIENT_SILENCE_S = 120, /* longer than any wait that a server grants */
    CLIENT_INPUT_SIZE = 16 * 1024,
    CLIENT_NUMBER_MAX = 8, /* bytes of a packed number */
};

struct client {
    char *path; /* owned */
    int fd;     /* -1 while there is no connection */
    uint32_t xid;
    struct buf out;
    struct frame in;
};

struct client_rows {
    struct client *client; /* borrowed */
    uint32_t procedure;
    nqs_name *names; /* owned; the texts are borrowed */
    size_t names_left;
    struct nqs_status_args args;
    nqs_test tests[NQS_TESTS_MAX]; /* of SELECT_JOBS */
    u_int test_count;
    struct buf values; /* of the tests, one behind the other */
    struct nqs_status_answer answer;
    size_t at; /* in the rows of the answer */
    bool begun;
};

/* ---------------------------------------------------------- the connection */

static void client_hang_up(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    frame_next(&client->in);
}

static enum nqs_code client_fail(struct client *client, const char *what, struct nqs_err *err)
{
    bool silent = errno == EAGAIN;

    client_hang_up(client);
    if (silent)
        return nqs_fail(err, NQS_TIMEOUT, "the server at %s did not answer within %d seconds",
                        client->path, CLIENT_SILENCE_S);
    return nqs_fail_errno(err, NQS_UNREACHABLE, "%s the server at %s failed", what, client->path);
}

static enum nqs_code client_connect(struct client *client, struct nqs_err *err)
{
    static const struct timeval silence = {.tv_sec = CLIENT_SILENCE_S};
    struct address address;
    struct nqs_err why;
    int refused;

    if (address_init(&address, client->path, &why))
        return nqs_fail(err, NQS_UNREACHABLE, "cannot reach the server: %s", why.text);
    client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0) {
        address_done(&address);
        return nqs_fail_errno(err, NQS_SYSTEM, "a socket cannot be made");
    }
    setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence);
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
    do
        refused = connect(client->fd, (const struct sockaddr *)&address.un, sizeof address.un);
    while (refused && errno == EINTR);
    address_done(&address);
    if (!refused)
        return NQS_OK;
    nqs_fail_errno(err, NQS_UNREACHABLE,
                   "cannot reach the server at %s (is nqsd running? NQS_SOCKET names another)",
                   client->path);
    client_hang_up(client);
    return NQS_UNREACHABLE;
}

enum nqs_code client_open(const char *path, struct client **ret_client, struct nqs_err *err)
{
    struct client *client = mem_new(sizeof *client);
    enum nqs_code code;

    if (!path)
        path = getenv("NQS_SOCKET");
    client->path = mem_text(path && *path ? path : CLIENT_SOCKET_DEFAULT);
    client->fd = -1;
    buf_init(&client->out);
    frame_init(&client->in, FRAME_RECORD_MAX);
    code = client_connect(client, err);
    if (code)
        client_close(client);
    else
        *ret_client = client;
    return code;
}

void client_close(struct client *client)
{
    if (!client)
        return;
    client_hang_up(client);
    buf_done(&client->out);
    frame_done(&client->in);
    mem_free(client->path);
    mem_free(client);
}

/* ---------------------------------------------------------------- one call */

static enum nqs_code client_send(struct client *client, struct nqs_err *err)
{
    const char *at = client->out.bytes;
    size_t left = client->out.length;

    while (left) {
        ssize_t sent = send(client->fd, at, left, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return client_fail(client, "sending to", err);
        at += sent;
        left -= (size_t)sent;
    }
    return NQS_OK;
}

/*
 * Receive until a record is whole.  Only one call is ever open, and a server
 * sends nothing unasked: bytes behind the record would be a protocol error.
 */
static enum nqs_code client_receive(struct client *client, struct nqs_err *err)
{
    char input[CLIENT_INPUT_SIZE];
    enum frame_state state = FRAME_MORE;
    size_t used = 0;
    ssize_t got = 0;

    frame_next(&client->in);
    while (state == FRAME_MORE) {
        got = recv(client->fd, input, sizeof input, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return client_fail(client, "receiving from", err);
        if (got == 0) {
            client_hang_up(client);
            return nqs_fail(err, NQS_UNREACHABLE,
                            "the server at %s closed the connection before it answered",
                            client->path);
        }
        state = frame_feed(&client->in, input, (size_t)got, &used);
    }
    if (state == FRAME_RECORD && used == (size_t)got)
        return NQS_OK;
    client_hang_up(client);
    return nqs_fail(err, NQS_PROTOCOL, "what the server at %s answered is no record", client->path);
}

static enum nqs_code client_answer(struct client *client, const struct rpc_row *row, void *result,
                                   struct nqs_err *err)
{
    const struct buf *record = &client->in.record;
    enum nqs_code code = client_receive(client, err);
    uint32_t xid;

    if (code)
        return code;
    if (!rpc_reply_xid(record->bytes, record->length, &xid) || xid != client->xid) {
        client_hang_up(client);
        return nqs_fail(err, NQS_PROTOCOL, "the server at %s answered another call", client->path);
    }
    return rpc_decode_reply(row, record->bytes, record->length, result, err);
}

enum nqs_code client_call(struct client *client, uint32_t procedure, const void *args, void *result,
                          struct nqs_err *err)
{
    const struct rpc_row *row = rpc_find(procedure);
    enum nqs_code code;
    size_t mark;

    assert(row);
    buf_clear(&client->out);
    mark = frame_open(&client->out);
    if (!rpc_encode_call(&client->out, ++client->xid, row, args))
        return nqs_fail(err, NQS_TOOBIG, "%s: more than a request can hold", row->name);
    frame_close(&client->out, mark);
    code = client->fd < 0 ? client_connect(client, err) : NQS_OK;
    if (!code)
        code = client_send(client, err);
    if (!code)
        code = client_answer(client, row, result, err);
    return code;
}

void client_free(uint32_t procedure, void *result)
{
    const struct rpc_row *row = rpc_find(procedure);

    assert(row);
    rpc_free(row->gives, result, row->gives_size);
}

/* ------------------------------------------------------------- the changes */

void client_token(uint8_t token[NQS_TOKEN_SIZE])
{
    uint64_t ms = (uint64_t)clock_now().wall / 1000;
    enum { MS_SIZE = 6 };

    for (int i = 0; i < MS_SIZE; i++)
        token[i] = (uint8_t)(ms >> (8 * (MS_SIZE - 1 - i)));
    while (getrandom(token + MS_SIZE, NQS_TOKEN_SIZE - MS_SIZE, 0) < 0)
        assert(errno == EINTR);
}

/* The wire's form of ATTRS: bytes stay where they are, numbers are packed into NUMBERS. */
static nqs_attr *client_pack(const struct attrs *attrs, struct buf *numbers)
{
    nqs_attr *packed = mem_array(attrs->count, sizeof *packed);

    buf_reserve(numbers, attrs->count * CLIENT_NUMBER_MAX); /* so that it does not move */
    for (size_t i = 0; i < attrs->count; i++) {
        const struct attr *attr = &attrs->list[i];
        const struct attr_def *def = attr_find(attr->id);

        packed[i].id = attr->id;
        if (def && attr_numeric(def->type)) {
            packed[i].value.value_val = numbers->bytes + numbers->length;
            attr_pack_value(attr, numbers);
            packed[i].value.value_len =
                (u_int)(numbers->bytes + numbers->length - packed[i].value.value_val);
        } else {
            packed[i].value.value_val = (char *)(uintptr_t)attr->bytes;
            packed[i].value.value_len = attr->length;
        }
    }
    return packed;
}

/* What the server decided, as ours. */
static enum nqs_code client_decided(const struct nqs_answer *answer, char *ret_name,
                                    struct nqs_err *err)
{
    enum nqs_code code = (enum nqs_code)answer->code;

    if (code)
        return nqs_fail(err, code, "%s", *answer->text ? answer->text : nqs_code_title(code));
    if (ret_name)
        str_copy(ret_name, NQS_NAME_MAX + 1, answer->name);
    return nqs_fail(err, NQS_OK, "%s", answer->text);
}

enum nqs_code client_change(struct client *client, uint32_t procedure, const char *name,
                            const void *token, const struct attrs *attrs, char *ret_name,
                            struct nqs_err *err)
{
    static const struct attrs none = {0};
    struct nqs_change change = {.name = (char *)(uintptr_t)name};
    struct nqs_answer answer;
    struct buf numbers;
    enum nqs_code code;

    buf_init(&numbers);
    if (!attrs)
        attrs = &none;
    change.attrs.attrs_val = client_pack(attrs, &numbers);
    change.attrs.attrs_len = (u_int)attrs->count;
    change.token.token_val = (char *)(uintptr_t)token;
    change.token.token_len = token ? NQS_TOKEN_SIZE : 0;
    code = client_call(client, procedure, &change, &answer, err);
    if (code == NQS_UNREACHABLE && token)
        code = client_call(client, procedure, &change, &answer, err);
    if (!code) {
        code = client_decided(&answer, ret_name, err);
        client_free(procedure, &answer);
    }
    mem_free(change.attrs.attrs_val);
    buf_done(&numbers);
    return code;
}

/* ------------------------------------------------------- many changes at once */

enum { CLIENT_AT_ONCE = 256 }; /* calls on their way; both ends hold so many without blocking */

struct many {
    struct client *client;
    const struct rpc_row *row;
    struct nqs_change change;
    struct client_item *items;
    size_t count;
    size_t sent;
    size_t answered;
    uint32_t first; /* xid of the first call */
};

/* Send calls until as many are on their way as may be. */
static enum nqs_code many_send(struct many *many, struct nqs_err *err)
{
    struct client *client = many->client;

    buf_clear(&client->out);
    for (; many->sent < many->count && many->sent - many->answered < CLIENT_AT_ONCE; many->sent++) {
        size_t mark = frame_open(&client->out);

        many->change.name = (char *)(uintptr_t)many->items[many->sent].name;
        if (!rpc_encode_call(&client->out, ++client->xid, many->row, &many->change))
            return nqs_fail(err, NQS_TOOBIG, "%s: more than a request can hold", many->row->name);
        frame_close(&client->out, mark);
    }
    return client->out.length ? client_send(client, err) : NQS_OK;
}

/* Answers come in any order. */
static enum nqs_code many_take(struct many *many, struct nqs_err *err)
{
    const struct buf *record = &many->client->in.record;
    struct client_item *item;
    struct nqs_answer answer;
    struct nqs_err why;
    enum nqs_code code;
    uint32_t xid;

    if (!rpc_reply_xid(record->bytes, record->length, &xid) || xid - many->first >= many->sent)
        return nqs_fail(err, NQS_PROTOCOL, "the server at %s answered another call",
                        many->client->path);
    code = rpc_decode_reply(many->row, record->bytes, record->length, &answer, err);
    if (code)
        return code;
    item = &many->items[xid - many->first];
    item->code = client_decided(&answer, NULL, &why);
    if (item->code && !item->text)
        item->text = mem_text(why.text);
    client_free(many->row->number, &answer);
    many->answered++;
    return NQS_OK;
}

/* Receive what is there: any number of records, the last perhaps in part. */
static enum nqs_code many_receive(struct many *many, struct nqs_err *err)
{
    struct client *client = many->client;
    char input[CLIENT_INPUT_SIZE];
    ssize_t got = recv(client->fd, input, sizeof input, 0);
    enum nqs_code code = NQS_OK;
    size_t at = 0;

    if (got < 0 && errno == EINTR)
        return NQS_OK;
    if (got < 0)
        return client_fail(client, "receiving from", err);
    if (got == 0)
        return nqs_fail(err, NQS_UNREACHABLE,
                        "the server at %s closed the connection before it answered", client->path);
    while (!code && at < (size_t)got) {
        size_t used = 0;
        enum frame_state state = frame_feed(&client->in, input + at, (size_t)got - at, &used);

        at += used;
        if (state == FRAME_MORE)
            break;
        if (state != FRAME_RECORD)
            return nqs_fail(err, NQS_PROTOCOL, "what the server at %s answered is no record",
                            client->path);
        code = many_take(many, err);
        frame_next(&client->in);
    }
    return code;
}

enum nqs_code client_change_many(struct client *client, uint32_t procedure,
                                 const struct attrs *attrs, struct client_item *items, size_t count,
                                 struct nqs_err *err)
{
    static const struct attrs none = {0};
    struct many many = {.client = client,
                        .row = rpc_find(procedure),
                        .items = items,
                        .count = count,
                        .first = client->xid + 1};
    enum nqs_code code = client->fd < 0 ? client_connect(client, err) : NQS_OK;
    struct buf numbers;

    buf_init(&numbers);
    many.change.attrs.attrs_val = client_pack(attrs ? attrs : &none, &numbers);
    many.change.attrs.attrs_len = attrs ? (u_int)attrs->count : 0;
    for (size_t i = 0; i < count; i++) {
        items[i].code = NQS_UNREACHABLE;
        items[i].text = NULL;
    }
    frame_next(&client->in);
    while (!code && many.answered < count) {
        if (many.sent - many.answered <= CLIENT_AT_ONCE / 2)
            code = many_send(&many, err);
        if (!code)
            code = many_receive(&many, err);
    }
    if (code)
        client_hang_up(client);
    mem_free(many.change.attrs.attrs_val);
    buf_done(&numbers);
    return code;
}

/* ---------------------------------------------------------- rows of status */

struct client_rows *client_rows_new(struct client *client, uint32_t procedure,
                                    const char *const *names, size_t count, unsigned flags,
                                    const uint16_t *only, size_t only_count)
{
    struct client_rows *rows = mem_new(sizeof *rows);

    rows->client = client;
    rows->procedure = procedure;
    rows->names = mem_array(count, sizeof *rows->names);
    for (size_t i = 0; i < count; i++)
        rows->names[i].text = (char *)(uintptr_t)names[i];
    rows->names_left = count;
    rows->args.names.names_val = rows->names;
    rows->args.names.names_len = (u_int)(count < NQS_NAMES_MAX ? count : NQS_NAMES_MAX);
    rows->args.flags = flags;
    rows->args.only.only_val = mem_array(only_count, sizeof *rows->args.only.only_val);
    rows->args.only.only_len = (u_int)only_count;
    for (size_t i = 0; i < only_count; i++)
        rows->args.only.only_val[i] = only[i];
    rows->args.after = mem_text("");
    return rows;
}

void client_rows_test(struct client_rows *rows, enum compare_op op, const struct attr *value)
{
    nqs_test *test = &rows->tests[rows->test_count];
    size_t at = rows->values.length;

    assert(rows->test_count < NQS_TESTS_MAX);
    attr_pack_value(value, &rows->values);
    *test = (nqs_test){.attr = value->id, .op = (u_int)op};
    test->value.value_len = (u_int)(rows->values.length - at);
    rows->test_count++;
}

void client_rows_free(struct client_rows *rows)
{
    if (!rows)
        return;
    client_free(rows->procedure, &rows->answer);
    mem_free(rows->args.after);
    mem_free(rows->args.only.only_val);
    mem_free(rows->names);
    buf_done(&rows->values);
    mem_free(rows);
}

/* Turn to what is asked next: the page after this one, or more names.  False at the end. */
static bool rows_turn(struct client_rows *rows)
{
    struct nqs_status_args *args = &rows->args;
    size_t asked = args->names.names_len;

    if (!rows->begun) {
        rows->begun = true;
        return true;
    }
    if (!rows->answer.next)
        return false; /* the last call failed */
    mem_free(args->after);
    args->after = mem_text(rows->answer.next);
    if (*args->after)
        return true;
    rows->names_left -= asked;
    args->names.names_val += asked;
    args->names.names_len =
        (u_int)(rows->names_left < NQS_NAMES_MAX ? rows->names_left : NQS_NAMES_MAX);
    return rows->names_left > 0;
}

static enum nqs_code rows_call(struct client_rows *rows, struct nqs_err *err)
{
    struct nqs_select_args select = {.tests = {rows->test_count, rows->tests}, .list = rows->args};
    char *value = rows->values.bytes;

    if (rows->procedure != NQS_SELECT_JOBS)
        return client_call(rows->client, rows->procedure, &rows->args, &rows->answer, err);
    for (u_int i = 0; i < rows->test_count; i++) {
        rows->tests[i].value.value_val = value;
        value += rows->tests[i].value.value_len;
    }
    return client_call(rows->client, rows->procedure, &select, &rows->answer, err);
}

static enum nqs_code rows_fetch(struct client_rows *rows, struct nqs_err *err)
{
    struct nqs_status_answer *answer = &rows->answer;
    enum nqs_code code;

    client_free(rows->procedure, answer);
    rows->at = 0;
    code = rows_call(rows, err);
    if (code || !answer->code)
        return code;
    code = (enum nqs_code)answer->code;
    nqs_fail(err, code, "%s", *answer->text ? answer->text : nqs_code_title(code));
    client_free(rows->procedure, answer);
    return code;
}

/* The row's values into ATTRS, in ascending order; a server sends them so already. */
static bool rows_unpack(const struct nqs_row *row, struct attrs *attrs)
{
    attrs_clear(attrs);
    for (size_t i = 0; i < row->attrs.attrs_len; i++) {
        const nqs_attr *from = &row->attrs.attrs_val[i];
        struct attr attr;
        size_t at;

        if (from->id > UINT16_MAX || !attr_unpack_value((uint16_t)from->id, from->value.value_val,
                                                        from->value.value_len, &attr))
            return false;
        attrs_add(attrs, &attr);
        for (at = attrs->count - 1; at && attrs->list[at - 1].id > attr.id; at--)
            attrs->list[at] = attrs->list[at - 1];
        attrs->list[at] = attr;
    }
    return true;
}

const struct nqs_row *client_rows_next(struct client_rows *rows, struct attrs *attrs,
                                       enum nqs_code *ret_code, struct nqs_err *err)
{
    const struct nqs_row *row;

    while (rows->at == rows->answer.rows.rows_len) {
        *ret_code = NQS_OK;
        if (!rows_turn(rows))
            return NULL;
        *ret_code = rows_fetch(rows, err);
        if (*ret_code)
            return NULL;
    }
    row = &rows->answer.rows.rows_val[rows->at++];
    if (rows_unpack(row, attrs)) {
        *ret_code = NQS_OK;
        return row;
    }
    *ret_code = nqs_fail(err, NQS_PROTOCOL, "the server's row of %s is damaged", row->name);
    client_free(rows->procedure, &rows->answer);
    rows->at = 0;
    return NULL;
}
