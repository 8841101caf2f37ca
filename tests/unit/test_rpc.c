/*
 * test_rpc.c - calls and replies as bytes, against vectors that are kept.
 *
 * rpc_golden.def holds what the wire looked like when it was agreed upon: a
 * change of nqs.x that breaks older programs breaks this test first.
 *
 * Proves: E161
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"
#include "rpc.h"

enum { XID = 0x01020304, CALL_HEAD_SIZE = 40 };

/* ------------------------------------------------- one of each, well filled */

static nqs_attr some_attrs[] = {{1, {3, (char *)"job"}}, {6, {1, (char *)"\xfd"}}};
static nqs_name some_names[] = {{(char *)"12.host"}, {(char *)"13[].host"}};
static u_int some_ids[] = {1, 90};

static struct nqs_change change = {
    .name = (char *)"12.host",
    .token = {NQS_TOKEN_SIZE, (char *)"0123456789abcdef"},
    .attrs = {2, some_attrs},
};
static struct nqs_status_args status_args = {
    .names = {2, some_names},
    .flags = NQS_STATUS_HISTORY | NQS_STATUS_MEMBERS,
    .only = {2, some_ids},
    .after = (char *)"11.host",
    .rows_max = 7,
};
static nqs_test some_tests[] = {{90, 7, {2, (char *)"QH"}}, {6, 3, {1, (char *)"\x05"}}};
static struct nqs_select_args select_args = {
    .tests = {2, some_tests},
    .list = {.flags = NQS_STATUS_IDS, .after = (char *)"l1:-1"},
};
static struct nqs_wait_args wait_args = {(char *)"12.host", NQS_WAIT_SETTLED, 60000};
static struct nqs_output_args output_args = {(char *)"12.host", 'o', 0x123456789a, 65536};

static struct nqs_answer answer = {
    .code = 2, .text = (char *)"unknown job id", .name = (char *)"", .attrs = {1, some_attrs}};
static struct nqs_row some_rows[] = {{(char *)"12.host", 0, {2, some_attrs}}};
static struct nqs_status_answer status_answer = {
    .text = (char *)"", .rows = {1, some_rows}, .next = (char *)"12.host"};
static struct nqs_output_answer output_answer = {
    .text = (char *)"", .data = {5, (char *)"a\0b\n\xff"}, .size = 5};

static const void *args_of(const struct rpc_row *row)
{
    switch (row->number) {
    case NQS_NULL: return NULL;
    case NQS_SELECT_JOBS: return &select_args;
    case NQS_STATUS_JOBS:
    case NQS_STATUS_QUEUES:
    case NQS_STATUS_COMPLEXES:
    case NQS_STATUS_SERVER: return &status_args;
    case NQS_WAIT_JOB: return &wait_args;
    case NQS_HISTORY:
    case NQS_OUTPUT: return &output_args;
    default: return &change;
    }
}

static const void *result_of(const struct rpc_row *row)
{
    switch (row->number) {
    case NQS_NULL: return NULL;
    case NQS_SELECT_JOBS:
    case NQS_STATUS_JOBS:
    case NQS_STATUS_QUEUES:
    case NQS_STATUS_COMPLEXES:
    case NQS_STATUS_SERVER: return &status_answer;
    case NQS_HISTORY:
    case NQS_OUTPUT: return &output_answer;
    default: return &answer;
    }
}

/* ----------------------------------------------------------- kept vectors */

static const struct {
    const char *name;
    const char *hex;
} golden[] = {
#define G(name, hex) {#name, hex},
#include "rpc_golden.def"
#undef G
    {NULL, NULL},
};

/* NQS_GOLDEN=print shows the definitions as they are now, for a new procedure. */
static void check_golden(const char *name, const struct buf *bytes)
{
    const char *print = getenv("NQS_GOLDEN");
    struct buf hex;

    buf_init(&hex);
    for (size_t i = 0; i < bytes->length; i++)
        buf_format(&hex, "%02x", (unsigned)(uint8_t)bytes->bytes[i]);
    if (print) {
        printf("G(%s", name);
        for (size_t i = 0; i < hex.length; i += 80)
            printf("%s\n  \"%.80s\"", i ? "" : ",", buf_text(&hex) + i);
        printf(")\n");
    } else {
        size_t at = 0;

        while (golden[at].name && strcmp(golden[at].name, name))
            at++;
        assert_non_null(golden[at].name);
        assert_string_equal(buf_text(&hex), golden[at].hex);
    }
    buf_done(&hex);
}

static void test_golden_calls(void **state)
{
    const struct rpc_row *row = NULL;
    char name[64];

    (void)state;
    while ((row = rpc_each(row))) {
        struct buf bytes;

        buf_init(&bytes);
        assert_true(rpc_encode_call(&bytes, XID, row, args_of(row)));
        snprintf(name, sizeof name, "call_%s", row->name);
        check_golden(name, &bytes);
        buf_clear(&bytes);
        assert_true(rpc_encode_reply(&bytes, XID, row, result_of(row)));
        snprintf(name, sizeof name, "reply_%s", row->name);
        check_golden(name, &bytes);
        buf_done(&bytes);
    }
}

static void test_golden_refusals(void **state)
{
    static const char *const names[] = {"no_program", "no_version", "no_procedure",
                                        "garbage",    "weak_auth",  "bad_version"};

    (void)state;
    for (int i = 0; i < 6; i++) {
        struct buf bytes;

        buf_init(&bytes);
        rpc_encode_refusal(&bytes, XID, (enum rpc_refusal)i);
        check_golden(names[i], &bytes);
        buf_done(&bytes);
    }
}

/* ------------------------------------------------------------------ calls */

static void test_table(void **state)
{
    const struct rpc_row *row = NULL;
    unsigned rows = 0;

    (void)state;
    while ((row = rpc_each(row))) {
        assert_ptr_equal(rpc_find(row->number), row);
        rows++;
    }
    assert_true(rows >= 19);
    assert_null(rpc_find(9999));
    assert_int_equal(rpc_find(NQS_DELETE_JOB)->role, ROLE_OWNER);
    assert_int_equal(rpc_find(NQS_WAIT_JOB)->kind, KIND_LATER);
}

/* Decode what was encoded; the decoder itself proves that it is the same again. */
static void test_calls_decode(void **state)
{
    const struct rpc_row *row = NULL;

    (void)state;
    while ((row = rpc_each(row))) {
        char *args = malloc(row->takes_size + 1);
        struct rpc_call call;
        struct buf bytes;

        buf_init(&bytes);
        assert_true(rpc_encode_call(&bytes, XID, row, args_of(row)));
        assert_int_equal(rpc_decode_call(bytes.bytes, bytes.length, &call), NQS_OK);
        assert_int_equal(call.xid, XID);
        assert_int_equal(call.program, NQS_PROGRAM);
        assert_int_equal(call.version, NQS_V1);
        assert_int_equal(call.procedure, row->number);
        assert_int_equal(call.flavour, AUTH_NONE);
        assert_int_equal(call.body, CALL_HEAD_SIZE);
        assert_true(rpc_decode_args(row, bytes.bytes + call.body, bytes.length - call.body, args));
        rpc_free(row->takes, args, row->takes_size);
        free(args);
        buf_done(&bytes);
    }
}

static void test_values_survive(void **state)
{
    const struct rpc_row *row = rpc_find(NQS_QUEUE_JOB);
    struct nqs_change back;
    struct buf bytes;

    (void)state;
    buf_init(&bytes);
    assert_true(rpc_encode_call(&bytes, XID, row, &change));
    assert_true(
        rpc_decode_args(row, bytes.bytes + CALL_HEAD_SIZE, bytes.length - CALL_HEAD_SIZE, &back));
    assert_string_equal(back.name, change.name);
    assert_int_equal(back.attrs.attrs_len, 2);
    assert_int_equal(back.attrs.attrs_val[0].id, 1);
    assert_memory_equal(back.attrs.attrs_val[0].value.value_val, "job", 3);
    rpc_free(row->takes, &back, sizeof back);
    assert_null(back.name);
    buf_done(&bytes);
}

/* The bytes alone in memory of their own, so that reading behind them would be seen. */
static bool decodes(const struct rpc_row *row, const char *bytes, size_t length)
{
    char *copy = malloc(length ? length : 1);
    char *args = malloc(row->takes_size + 1);
    bool good;

    memcpy(copy, bytes, length);
    good = rpc_decode_args(row, copy, length, args);
    if (good)
        rpc_free(row->takes, args, row->takes_size);
    for (size_t i = 0; i < row->takes_size; i++)
        assert_int_equal(args[i], 0); /* refused arguments hold nothing */
    free(args);
    free(copy);
    return good;
}

static void test_every_truncation_and_flip(void **state)
{
    const struct rpc_row *row = NULL;

    (void)state;
    while ((row = rpc_each(row))) {
        struct buf bytes;
        size_t length;
        char *body;

        buf_init(&bytes);
        assert_true(rpc_encode_call(&bytes, XID, row, args_of(row)));
        body = bytes.bytes + CALL_HEAD_SIZE;
        length = bytes.length - CALL_HEAD_SIZE;
        for (size_t cut = 0; cut < length; cut++)
            assert_false(decodes(row, body, cut));
        for (size_t bit = 0; bit < 8 * length; bit++) {
            body[bit / 8] ^= (char)(1 << bit % 8);
            decodes(row, body, length); /* good or not: without a fault */
            body[bit / 8] ^= (char)(1 << bit % 8);
        }
        buf_add(&bytes, "\0\0\0\0", 4);
        assert_false(decodes(row, bytes.bytes + CALL_HEAD_SIZE, length + 4));
        buf_done(&bytes);
    }
}

/* {name, until, timeout} with a name as given: its length word and four bytes. */
static bool wait_decodes(const char *name)
{
    struct buf bytes;
    bool good;

    buf_init(&bytes);
    buf_add(&bytes, name, 8);
    buf_add(&bytes, "\0\0\0\0\0\0\0\1", 8);
    good = decodes(rpc_find(NQS_WAIT_JOB), bytes.bytes, bytes.length);
    buf_done(&bytes);
    return good;
}

static void test_only_one_encoding(void **state)
{
    (void)state;
    assert_true(wait_decodes("\0\0\0\3abc\0"));
    assert_false(wait_decodes("\0\0\0\3abcx"));   /* padding that says something */
    assert_false(wait_decodes("\0\0\0\3a\0c\0")); /* a text that ends before its end */
    assert_false(wait_decodes("\0\0\0\4abc\0"));
    assert_false(wait_decodes("\0\0\0\311abc\0")); /* over NQS_NAME_MAX */
    assert_false(wait_decodes("\xff\xff\xff\xff"
                              "abc\0"));
    assert_false(wait_decodes("\200\0\0\3abc\0"));
}

static void test_bounds_of_encoding(void **state)
{
    static char big[NQS_VALUE_MAX + 1];
    static nqs_attr many[NQS_ATTRS_MAX + 1];
    struct nqs_change over = change;
    struct buf bytes;

    (void)state;
    memset(big, 'x', sizeof big - 1);
    buf_init(&bytes);
    buf_add_text(&bytes, "kept");
    over.name = big;
    assert_false(rpc_encode_call(&bytes, XID, rpc_find(NQS_QUEUE_JOB), &over));
    over = change;
    over.attrs.attrs_val = many;
    over.attrs.attrs_len = NQS_ATTRS_MAX + 1;
    assert_false(rpc_encode_call(&bytes, XID, rpc_find(NQS_QUEUE_JOB), &over));
    over.attrs.attrs_len = 5; /* each value within its bound, the record not */
    for (int i = 0; i < 5; i++)
        many[i] = (nqs_attr){75, {NQS_VALUE_MAX, big}};
    assert_false(rpc_encode_call(&bytes, XID, rpc_find(NQS_QUEUE_JOB), &over));
    many[0].value.value_len++;
    over.attrs.attrs_len = 1;
    assert_false(rpc_encode_call(&bytes, XID, rpc_find(NQS_QUEUE_JOB), &over));
    assert_int_equal(bytes.length, 4); /* as it was */
    many[0].value.value_len--;
    assert_true(rpc_encode_call(&bytes, XID, rpc_find(NQS_QUEUE_JOB), &over));
    buf_done(&bytes);
}

static void test_heads(void **state)
{
    static const char other_rpc[] = "\0\0\0\7\0\0\0\0\0\0\0\3";
    struct rpc_call call = {0};
    struct buf bytes;

    (void)state;
    assert_int_equal(rpc_decode_call(other_rpc, 12, &call), NQS_VERSION);
    assert_int_equal(call.xid, 7);
    assert_int_equal(rpc_decode_call(other_rpc, 11, &call), NQS_PROTOCOL);
    assert_int_equal(rpc_decode_call("", 0, &call), NQS_PROTOCOL);
    buf_init(&bytes);
    rpc_encode_refusal(&bytes, XID, RPC_GARBAGE);
    assert_int_equal(rpc_decode_call(bytes.bytes, bytes.length, &call), NQS_PROTOCOL);
    buf_clear(&bytes);
    assert_true(rpc_encode_call(&bytes, XID, rpc_find(NQS_NULL), NULL));
    for (size_t cut = 0; cut < bytes.length; cut++) {
        char *copy = malloc(cut ? cut : 1);

        memcpy(copy, bytes.bytes, cut);
        assert_int_equal(rpc_decode_call(copy, cut, &call), NQS_PROTOCOL);
        free(copy);
    }
    bytes.bytes[31] = (char)0x91; /* a credential of 401 bytes, which are not there */
    bytes.bytes[30] = 1;
    assert_int_equal(rpc_decode_call(bytes.bytes, bytes.length, &call), NQS_PROTOCOL);
    buf_done(&bytes);
}

static void test_credentials_are_skipped(void **state)
{
    struct rpc_call call;
    struct buf bytes;

    (void)state;
    buf_init(&bytes);
    for (int i = 0; i < 6; i++)
        buf_add_u32(&bytes, (const uint32_t[]){XID, 0, 2, NQS_PROGRAM, NQS_V1, 0}[i]);
    for (int i = 0; i < 2; i++) { /* the largest that RFC 5531 allows, twice */
        buf_add_u32(&bytes, 300001);
        buf_add_u32(&bytes, 400);
        memset(buf_reserve(&bytes, 400), 'c', 400);
        bytes.length += 400;
    }
    assert_int_equal(rpc_decode_call(bytes.bytes, bytes.length, &call), NQS_OK);
    assert_int_equal(call.flavour, 300001);
    assert_int_equal(call.body, bytes.length);
    buf_done(&bytes);
}

/* ---------------------------------------------------------------- replies */

static enum nqs_code reply_code(const struct rpc_row *row, const char *bytes, size_t length)
{
    char *copy = malloc(length ? length : 1);
    char *result = malloc(row->gives_size + 1);
    enum nqs_code code;
    struct nqs_err err;

    memcpy(copy, bytes, length);
    code = rpc_decode_reply(row, copy, length, result, &err);
    if (code == NQS_OK)
        rpc_free(row->gives, result, row->gives_size);
    else
        assert_true(strlen(err.text) > 0);
    free(result);
    free(copy);
    return code;
}

static void test_replies_decode(void **state)
{
    const struct rpc_row *row = NULL;

    (void)state;
    while ((row = rpc_each(row))) {
        struct buf bytes;
        uint32_t xid;

        buf_init(&bytes);
        assert_true(rpc_encode_reply(&bytes, XID, row, result_of(row)));
        assert_true(rpc_reply_xid(bytes.bytes, bytes.length, &xid));
        assert_int_equal(xid, XID);
        assert_int_equal(reply_code(row, bytes.bytes, bytes.length), NQS_OK);
        for (size_t cut = 0; cut < bytes.length; cut++)
            assert_int_equal(reply_code(row, bytes.bytes, cut), NQS_PROTOCOL);
        buf_add(&bytes, "\0\0\0\0", 4);
        assert_int_equal(reply_code(row, bytes.bytes, bytes.length), NQS_PROTOCOL);
        buf_clear(&bytes);
        rpc_encode_failure(&bytes, XID, row, NQS_BUSY, "later");
        if (row->number != NQS_NULL)
            assert_int_equal(reply_code(row, bytes.bytes, bytes.length), NQS_OK);
        buf_done(&bytes);
    }
}

static void test_refusals_decode(void **state)
{
    static const enum nqs_code codes[] = {
        [RPC_NO_PROGRAM] = NQS_PROTOCOL,      [RPC_NO_VERSION] = NQS_VERSION,
        [RPC_NO_PROCEDURE] = NQS_UNSUPPORTED, [RPC_GARBAGE] = NQS_PROTOCOL,
        [RPC_WEAK_AUTH] = NQS_PERM,           [RPC_BAD_VERSION] = NQS_VERSION};

    (void)state;
    for (int i = 0; i < 6; i++) {
        struct buf bytes;

        buf_init(&bytes);
        rpc_encode_refusal(&bytes, XID, (enum rpc_refusal)i);
        assert_int_equal(reply_code(rpc_find(NQS_QUEUE_JOB), bytes.bytes, bytes.length), codes[i]);
        for (size_t cut = 0; cut < bytes.length; cut++)
            assert_int_equal(reply_code(rpc_find(NQS_QUEUE_JOB), bytes.bytes, cut), NQS_PROTOCOL);
        buf_done(&bytes);
    }
}

static void test_failure_carries_code_and_text(void **state)
{
    const struct rpc_row *row = rpc_find(NQS_STATUS_JOBS);
    struct nqs_status_answer back;
    struct buf bytes;

    (void)state;
    buf_init(&bytes);
    rpc_encode_failure(&bytes, XID, row, NQS_BUSY, "later");
    assert_int_equal(rpc_decode_reply(row, bytes.bytes, bytes.length, &back, NULL), NQS_OK);
    assert_int_equal(back.code, NQS_BUSY);
    assert_string_equal(back.text, "later");
    rpc_free(row->gives, &back, sizeof back);
    buf_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_calls),
        cmocka_unit_test(test_golden_refusals),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_calls_decode),
        cmocka_unit_test(test_values_survive),
        cmocka_unit_test(test_every_truncation_and_flip),
        cmocka_unit_test(test_only_one_encoding),
        cmocka_unit_test(test_bounds_of_encoding),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_credentials_are_skipped),
        cmocka_unit_test(test_replies_decode),
        cmocka_unit_test(test_refusals_decode),
        cmocka_unit_test(test_failure_carries_code_and_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
