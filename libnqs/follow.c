/*
 * follow.c - waiting for a request's end; see follow.h.
 */
#include "follow.h"

#include <string.h>
#include <time.h>

#include "clock.h"

enum { PAUSE_MIN_MS = 20, PAUSE_MAX_MS = 2000, AWAY_MAX_S = 60 };

/* The server is away, or about to be: not the same as a refusal. */
static bool code_away(enum nqs_code code)
{
    return code == NQS_UNREACHABLE || code == NQS_CLOSED || code == NQS_CLOSING ||
           code == NQS_TIMEOUT || code == NQS_BUSY;
}

static void pause_ms(unsigned ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    while (nanosleep(&left, &left))
        ;
}

/* What the server answered, for the answers that have a code of their own in front. */
static enum nqs_code result_code(uint32_t procedure, const void *result)
{
    switch (procedure) {
    case NQS_WAIT_JOB: return (enum nqs_code)((const struct nqs_answer *)result)->code;
    case NQS_HISTORY:
    case NQS_OUTPUT: return (enum nqs_code)((const struct nqs_output_answer *)result)->code;
    case NQS_STATUS_JOBS: return (enum nqs_code)((const struct nqs_status_answer *)result)->code;
    default: return NQS_OK;
    }
}

enum nqs_code follow_call(struct client *client, uint32_t procedure, const void *args, void *result,
                          struct nqs_err *err)
{
    nqs_time since = NQS_NEVER;

    for (unsigned pause = PAUSE_MIN_MS;; pause = pause < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS) {
        enum nqs_code code = client_call(client, procedure, args, result, err);
        nqs_time now;

        if (!code) {
            code = result_code(procedure, result);
            if (code == NQS_TIMEOUT || !code_away(code))
                return NQS_OK;
            nqs_fail(err, code, "%s", nqs_code_title(code));
            client_free(procedure, result);
        }
        now = clock_now().steady;
        if (since == NQS_NEVER)
            since = now;
        if (!code_away(code) || now - since > AWAY_MAX_S * NQS_SECOND)
            return code;
        pause_ms(pause);
    }
}

static void end_take(const struct nqs_answer *answer, struct follow_end *ret)
{
    *ret = (struct follow_end){0};
    for (unsigned i = 0; i < answer->attrs.attrs_len; i++) {
        const nqs_attr *attr = &answer->attrs.attrs_val[i];
        struct attr value;

        if (attr->id > UINT16_MAX || !attr_unpack_value((uint16_t)attr->id, attr->value.value_val,
                                                        attr->value.value_len, &value))
            continue;
        if (value.id == ATTR_exit_status)
            ret->status = value.number;
        if (value.id == ATTR_exit_reason && value.length < sizeof ret->reason)
            memcpy(ret->reason, value.bytes, value.length);
    }
}

enum nqs_code follow_wait(struct client *client, const char *name, unsigned timeout_ms,
                          struct follow_end *ret, struct nqs_err *err)
{
    char text[NQS_NAME_MAX + 1];
    struct nqs_wait_args args = {.name = text, .until = NQS_WAIT_ENDED, .timeout_ms = timeout_ms};
    struct nqs_answer answer = {0};
    enum nqs_code code;

    if (strlen(name) > NQS_NAME_MAX)
        return nqs_fail(err, NQS_SYNTAX, "'%.60s...' is too long for a job id", name);
    strcpy(text, name);
    code = follow_call(client, NQS_WAIT_JOB, &args, &answer, err);
    if (code)
        return code;
    code = (enum nqs_code)answer.code;
    if (code)
        nqs_fail(err, code, "%s", answer.text);
    else
        end_take(&answer, ret);
    client_free(NQS_WAIT_JOB, &answer);
    return code;
}

/* A request that ran and was deleted never has status 0, so 0 says that it did not run. */
int follow_status(const struct follow_end *end)
{
    enum {
        STATUS_NEVER_RAN = 3,
        STATUS_SYSTEM = 125,
        SIGNAL_BASE = 256, /* of a request's status: killed by signal n is 256+n */
        SHELL_BASE = 128,  /* of a shell's */
    };

    if (!end->status && (!strcmp(end->reason, "deleted") || !strcmp(end->reason, "dependency")))
        return STATUS_NEVER_RAN;
    if (end->status < 0)
        return STATUS_SYSTEM;
    if (end->status > SIGNAL_BASE)
        return SHELL_BASE + (int)(end->status - SIGNAL_BASE);
    return (int)end->status;
}
