/*
 * select.c - the tests of SELECT_JOBS, where the core cannot make them; see listing.h.
 *
 * A test of a hot attribute is the core's.  Here is what is about the request
 * as a whole (is there such a queue, are we that server), and what needs the
 * store: tests of bodies, and of requests that have finished.
 */
#include <string.h>
#include <strings.h>

#include "ledger.h"
#include "listing.h"

/* Of the computed ones a request may only be chosen by its state. */
static enum nqs_code test_check(const struct compare *test, struct nqs_err *err)
{
    if (test->def->heat == HEAT_MADE && test->def->id != ATTR_job_state)
        return nqs_fail(err, NQS_NOATTR, "requests cannot be chosen by %s", test->def->shown);
    return NQS_OK;
}

static enum nqs_code queue_check(const struct nqsd *nqsd, const struct compare *test,
                                 struct nqs_err *err)
{
    const struct attr *value = &test->value;
    const char *name = "";

    if (test->op != COMPARE_EQ)
        return NQS_OK;
    while ((name = core_queue_next(nqsd->core, name)))
        if (strlen(name) == value->length && !memcmp(name, value->bytes, value->length))
            return NQS_OK;
    return nqs_fail(err, NQS_NOQUEUE, "Unknown queue %.*s",
                    (int)(value->length < 80 ? value->length : 80), value->bytes);
}

static enum nqs_code server_check(const struct nqsd *nqsd, const nqs_test *test,
                                  struct nqs_err *err)
{
    const char *server = nqsd->conf.server;
    size_t length = test->value.value_len;

    if (strlen(server) == length && !strncasecmp(server, test->value.value_val, length))
        return NQS_OK;
    return nqs_fail(err, NQS_VALUE, "Unknown server %.*s: this is %s",
                    (int)(length < 80 ? length : 80), test->value.value_val, server);
}

static enum nqs_code test_take(struct listing *l, const nqs_test *from, struct nqs_err *err)
{
    struct compare *test = &l->tests[l->test_count];
    enum nqs_code code;

    if (from->attr == ATTR_server && from->op == COMPARE_EQ)
        return server_check(l->nqsd, from, err);
    code =
        compare_init(test, from->attr, from->op, from->value.value_val, from->value.value_len, err);
    if (!code)
        code = test_check(test, err);
    if (!code && from->attr == ATTR_queue)
        code = queue_check(l->nqsd, test, err);
    if (code)
        return code;
    l->test_count++;
    l->cold |= test->def->heat == HEAT_COLD;
    return NQS_OK;
}

enum nqs_code select_tests(struct listing *l, const nqs_select_args *args, struct nqs_err *err)
{
    if (args->list.names.names_len)
        return nqs_fail(err, NQS_SYNTAX, "a selection is by tests, not by names");
    for (unsigned i = 0; i < args->tests.tests_len; i++) {
        enum nqs_code code = test_take(l, &args->tests.tests_val[i], err);

        if (code)
            return code;
    }
    return NQS_OK;
}

static bool test_passes(const struct compare *test, const struct attrs *attrs)
{
    static const struct attr none;
    const struct attr *value = attrs_find(attrs, test->def->id);
    const struct attr *host;

    if (test->def->id != ATTR_owner || !value)
        return compare_holds(test, value);
    host = attrs_find(attrs, ATTR_submit_host);
    return compare_owner_holds(test, value, host ? host : &none);
}

/* Those of the tests that are of cold attributes, or those that are not. */
static bool tests_pass(const struct listing *l, bool cold, const struct attrs *attrs)
{
    for (size_t i = 0; i < l->test_count; i++)
        if ((l->tests[i].def->heat == HEAT_COLD) == cold && !test_passes(&l->tests[i], attrs))
            return false;
    return true;
}

bool select_body(struct listing *l, struct job_key key)
{
    struct attrs body;
    bool passes;

    attrs_init(&body);
    ledger_body(l->nqsd->store, key, &body);
    passes = tests_pass(l, true, &body);
    attrs_done(&body);
    return passes;
}

bool select_finished(struct listing *l, struct job_key key, const struct attrs *attrs)
{
    return tests_pass(l, false, attrs) && (!l->cold || select_body(l, key));
}
