/*
 * change.c - a call to a request of the core.
 *
 * Whatever needs the outside is done here before the core is told: the user's
 * name, whether there is room, whether the token is known, a long script put
 * into the spool.
 */
#include "change.h"

#include <string.h>

#include "depend.h"
#include "ledger.h"
#include "mem.h"
#include "names.h"
#include "role.h"
#include "spool.h"
#include "status.h"
#include "users.h"

static const struct {
    uint32_t procedure;
    enum core_verb verb;
} verbs[] = {
    {NQS_QUEUE_JOB, VERB_QUEUE_JOB},
    {NQS_DELETE_JOB, VERB_DELETE_JOB},
    {NQS_HOLD_JOB, VERB_HOLD_JOB},
    {NQS_RELEASE_JOB, VERB_RELEASE_JOB},
    {NQS_RERUN_JOB, VERB_RERUN_JOB},
    {NQS_SIGNAL_JOB, VERB_SIGNAL_JOB},
    {NQS_MESSAGE_JOB, VERB_MESSAGE_JOB},
    {NQS_MODIFY_JOB, VERB_MODIFY_JOB},
    {NQS_MOVE_JOB, VERB_MOVE_JOB},
    {NQS_CREATE_QUEUE, VERB_CREATE_QUEUE},
    {NQS_DELETE_QUEUE, VERB_DELETE_QUEUE},
    {NQS_SET_QUEUE, VERB_SET_QUEUE},
    {NQS_PURGE_QUEUE, VERB_PURGE_QUEUE},
    {NQS_SET_SERVER, VERB_SET_SERVER},
    {NQS_CREATE_COMPLEX, VERB_CREATE_COMPLEX},
    {NQS_DELETE_COMPLEX, VERB_DELETE_COMPLEX},
    {NQS_SET_COMPLEX, VERB_SET_COMPLEX},
};

/* --- values from the wire --- */

static enum nqs_code take_attrs(const nqs_change *args, struct attrs *attrs, struct nqs_err *err)
{
    for (unsigned i = 0; i < args->attrs.attrs_len; i++) {
        const nqs_attr *from = &args->attrs.attrs_val[i];
        struct attr attr;

        if (from->id > UINT16_MAX || !attr_find((uint16_t)from->id))
            return nqs_fail(err, NQS_NOATTR, "attribute %u is not known here", from->id);
        if (from->id == ATTR_token || from->id == ATTR_script_name)
            return nqs_fail(err, NQS_READONLY, "%s is set by the server",
                            attr_find((uint16_t)from->id)->shown);
        if (!attr_unpack_value((uint16_t)from->id, from->value.value_val, from->value.value_len,
                               &attr))
            return nqs_fail(err, NQS_VALUE, "%s cannot be read",
                            attr_find((uint16_t)from->id)->shown);
        attrs_add(attrs, &attr);
    }
    return NQS_OK;
}

/* --- submission --- */

static int token_compare(const struct tree_node *a, const struct tree_node *b)
{
    const nqs_change *x = TREE_OF(a, struct call, by_token)->args;
    const nqs_change *y = TREE_OF(b, struct call, by_token)->args;

    return memcmp(x->token.token_val, y->token.token_val, NQS_TOKEN_SIZE);
}

void change_tokens_init(struct tree *tokens)
{
    tree_init(tokens, token_compare);
}

/* The request that CALL's token has made already, in this turn or before. */
static bool known_token(struct nqsd *nqsd, struct call *call, const struct tree *tokens,
                        struct job_key *ret)
{
    const nqs_change *args = call->args;
    const struct call *before = TREE_OF(tree_find(tokens, &call->by_token), struct call, by_token);

    if (before) {
        *ret = before->made;
        return true;
    }
    return ledger_token(nqsd->store, args->token.token_val, NQS_TOKEN_SIZE, ret);
}

static void known_id(struct nqsd *nqsd, struct job_key key, char id[NQS_ID_TEXT_MAX])
{
    struct core_facts facts;
    struct attrs attrs;

    if (core_facts(nqsd->core, key, &facts)) {
        core_id_text(nqsd->core, key, id);
        return;
    }
    attrs_init(&attrs);
    ledger_history(nqsd->store, key, &attrs);
    status_id(nqsd, key, &attrs, id);
    attrs_done(&attrs);
}

/* A long script goes to the spool; its name stands for it. */
static enum nqs_code spool_script(struct nqsd *nqsd, struct attrs *attrs, char name[SPOOL_NAME_MAX],
                                  struct nqs_err *err)
{
    enum nqs_code code;

    for (size_t i = 0; i < attrs->count; i++) {
        struct attr *attr = &attrs->list[i];

        if (attr->id != ATTR_script || attr->length <= SPOOL_SCRIPT_MIN)
            continue;
        code = attr_check(attr, err);
        if (!code)
            code = spool_script_put(nqsd->spool, attr->bytes, attr->length, name, err);
        if (code)
            return code;
        *attr =
            (struct attr){.id = ATTR_script_name, .bytes = name, .length = (uint32_t)strlen(name)};
    }
    return NQS_OK;
}

/* What is remembered of a finished request that others may wait for; false: nothing. */
static bool find_finished(struct nqsd *nqsd, struct job_key key, struct core_finished *ret)
{
    const struct attr *reason;
    struct attrs attrs;
    bool known;

    attrs_init(&attrs);
    known = ledger_history(nqsd->store, key, &attrs);
    reason = attrs_find(&attrs, ATTR_exit_reason);
    *ret = (struct core_finished){
        .key = key,
        .uid = (uint32_t)attrs_number(&attrs, ATTR_uid, 0),
        .begun = attrs_number(
            &attrs, attrs_find(&attrs, ATTR_array_step) ? ATTR_stime : ATTR_session_id, 0),
        .ok = depend_ended_ok(attrs_number(&attrs, ATTR_exit_status, 0),
                              reason ? reason->bytes : "", reason ? reason->length : 0),
    };
    attrs_done(&attrs);
    return known;
}

/* The core knows no finished request: what the submission names of them goes with it. */
static struct core_finished *gather_finished(struct nqsd *nqsd, struct request *request)
{
    const struct attr *depend = attrs_find(request->attrs, ATTR_depend);
    struct depend_reader reader = {0};
    struct core_finished *list;
    struct core_facts facts;
    struct depend item;
    enum nqs_code code;

    if (!depend)
        return NULL;
    reader.text = depend->bytes;
    reader.length = depend->length;
    request->finished = list = mem_array(DEPEND_MAX, sizeof *list);
    while (depend_next(&reader, &item, &code, NULL)) {
        struct job_key key = {item.id.seq, item.id.index};

        if (item.type != DEPEND_ON && !core_facts(nqsd->core, key, &facts) &&
            find_finished(nqsd, key, &list[request->finished_count]))
            request->finished_count++;
    }
    return list;
}

static enum nqs_code submit(struct nqsd *nqsd, struct call *call, struct request *request,
                            struct attrs *attrs, struct tree *tokens, struct nqs_err *err)
{
    const nqs_change *args = call->args;
    struct core_finished *finished;
    bool has_token = args->token.token_len == NQS_TOKEN_SIZE;
    char name[SPOOL_NAME_MAX];
    char id[NQS_ID_TEXT_MAX];
    enum nqs_code code;

    if (has_token && known_token(nqsd, call, tokens, &call->made)) {
        known_id(nqsd, call->made, id);
        request->known = id;
        return core_decide(nqsd->core, nqsd->now, request, &nqsd->out, err);
    }
    if (store_full(nqsd->store))
        return nqs_fail(err, NQS_NOSPACE,
                        "the server's disk is nearly full: new requests are refused until there "
                        "is room");
    code = spool_script(nqsd, attrs, name, err);
    if (code)
        return code;
    if (has_token)
        attrs_add_bytes(attrs, ATTR_token, args->token.token_val, NQS_TOKEN_SIZE);
    call->made = (struct job_key){(uint32_t)core_setting(nqsd->core, ATTR_next_seq), NQS_NO_INDEX};
    finished = gather_finished(nqsd, request);
    code = core_decide(nqsd->core, nqsd->now, request, &nqsd->out, err);
    mem_free(finished);
    if (!code && has_token)
        tree_insert(tokens, &call->by_token);
    return code;
}

/* --- modification --- */

/* The body of KEY as this turn has left it in its outbox; false when it has not touched it. */
static bool body_of_turn(const struct outbox *out, struct job_key key, struct buf *ret)
{
    for (size_t i = out->record_count; i-- > 0;) {
        const struct record *record = &out->records[i];

        if (record->kind != RECORD_BODY ||
            job_key_compare(job_key_unpack(outbox_bytes(out, record->key)), key))
            continue;
        buf_add(ret, outbox_bytes(out, record->value), record->value.length);
        return true;
    }
    return false;
}

static bool wants_body(const struct attrs *attrs)
{
    for (size_t i = 0; i < attrs->count; i++) {
        const struct attr_def *def = attr_find(attrs->list[i].id);

        if (def && (def->id == ATTR_unset || (def->of == OF_JOB && def->heat == HEAT_COLD)))
            return true;
    }
    return false;
}

/* The core merges what is given with what is there, which it has not seen since. */
static enum nqs_code modify(struct nqsd *nqsd, struct request *request, struct nqs_err *err)
{
    struct core_look look;
    struct attrs body;
    struct buf bytes;
    enum nqs_code code;

    attrs_init(&body);
    buf_init(&bytes);
    if (wants_body(request->attrs) && !core_find(nqsd->core, request->name, &look, NULL)) {
        bool there = body_of_turn(&nqsd->out, look.key, &bytes)
                         ? attrs_unpack(&body, bytes.bytes, bytes.length)
                         : ledger_body(nqsd->store, look.key, &body);

        request->body = there ? &body : NULL;
    }
    code = core_decide(nqsd->core, nqsd->now, request, &nqsd->out, err);
    buf_done(&bytes);
    attrs_done(&body);
    return code;
}

/* What has finished is unknown to the core; the caller may like to know that it once was. */
static void explain_finished(struct nqsd *nqsd, const struct call *call, const char *name,
                             enum nqs_code code, struct nqs_err *err)
{
    struct attrs attrs;
    struct job_key key;

    if (code != NQS_NOJOB || !status_key(nqsd, name, &key))
        return;
    attrs_init(&attrs);
    if (ledger_history(nqsd->store, key, &attrs) &&
        (attrs_number(&attrs, ATTR_uid, -1) == call->uid || role_of(nqsd, call->uid) > CORE_USER))
        nqs_fail(err, NQS_NOJOB, "Unknown Job Id %.80s: Job has finished", name);
    attrs_done(&attrs);
}

/* Decide what may have lists of names in it. */
static enum nqs_code decide_named(struct nqsd *nqsd, struct request *request, struct attrs *attrs,
                                  struct nqs_err *err)
{
    struct attrs numbers;
    struct buf space;
    enum nqs_code code;

    attrs_init(&numbers);
    buf_init(&space);
    request->numbers = &numbers;
    code = names_resolve(nqsd, attrs, &numbers, &space, err);
    if (!code)
        code = core_decide(nqsd->core, nqsd->now, request, &nqsd->out, err);
    attrs_done(&numbers);
    buf_done(&space);
    return code;
}

enum nqs_code change_decide(struct nqsd *nqsd, struct call *call, uint64_t ref, struct tree *tokens,
                            struct nqs_err *err)
{
    const nqs_change *args = call->args;
    struct request request = {.ref = ref, .uid = call->uid, .name = args->name, .user = ""};
    struct attrs attrs;
    enum nqs_code code = role_check(nqsd, call, err);
    enum users_state user = USERS_KNOWN;
    bool enters; /* a queue, which may ask who it is for */

    if (code)
        return code;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (verbs[i].procedure == call->row->number)
            request.verb = verbs[i].verb;
    enters = request.verb == VERB_QUEUE_JOB || request.verb == VERB_MOVE_JOB;
    if (enters)
        user = users_name(nqsd->users, call->uid, nqsd->now.steady, &request.user);
    if (user == USERS_ASKED)
        return nqs_fail(err, NQS_BUSY, "the name of uid %u is being looked up",
                        (unsigned)call->uid);
    if (user == USERS_NOBODY)
        return nqs_fail(err, NQS_NOUSER, "uid %u is no user of this host", (unsigned)call->uid);
    if (enters)
        users_groups(nqsd->users, call->uid, nqsd->now.steady, &request.gids, &request.gid_count);
    request.role = role_of(nqsd, call->uid);
    request.host = nqsd->host;
    request.attrs = &attrs;
    attrs_init(&attrs);
    code = take_attrs(args, &attrs, err);
    if (!code && request.verb == VERB_QUEUE_JOB)
        code = submit(nqsd, call, &request, &attrs, tokens, err);
    else if (!code && request.verb == VERB_MODIFY_JOB)
        code = modify(nqsd, &request, err);
    else if (!code)
        code = decide_named(nqsd, &request, &attrs, err);
    attrs_done(&attrs);
    explain_finished(nqsd, call, args->name, code, err);
    return code;
}
