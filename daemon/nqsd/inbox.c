/*
 * inbox.c - lists of what arrived; see inbox.h.
 */
#include "inbox.h"

#include <string.h>

#include "mem.h"

void call_list_init(struct call_list *list)
{
    *list = (struct call_list){.first = NULL};
    list->end = &list->first;
}

void call_list_add(struct call_list *list, struct call *call)
{
    call->next = NULL;
    *list->end = call;
    list->end = &call->next;
    list->count++;
}

struct call *call_list_take(struct call_list *list)
{
    struct call *call = list->first;

    if (!call)
        return NULL;
    list->first = call->next;
    if (!list->first)
        list->end = &list->first;
    list->count--;
    return call;
}

void call_free(struct call *call)
{
    if (call->args)
        rpc_free(call->row->takes, call->args, call->row->takes_size);
    mem_free(call->args);
    mem_free(call);
}

void inbox_init(struct inbox *inbox)
{
    *inbox = (struct inbox){.facts = NULL};
    call_list_init(&inbox->calls);
    call_list_init(&inbox->parked);
    inbox->facts_end = &inbox->facts;
}

void inbox_done(struct inbox *inbox)
{
    struct call *call;
    struct heard *heard;

    while ((call = call_list_take(&inbox->calls)) || (call = call_list_take(&inbox->parked)))
        call_free(call);
    while ((heard = inbox_take_fact(inbox)))
        mem_free(heard);
}

bool inbox_call(struct inbox *inbox, const struct listen_call *from)
{
    struct call *call = mem_new(sizeof *call);

    call->connection = from->connection;
    call->xid = from->xid;
    call->uid = (uint32_t)from->uid;
    call->row = from->row;
    call->args = mem_new(from->row->takes_size);
    if (!rpc_decode_args(from->row, from->args, from->length, call->args)) {
        mem_free(call->args);
        mem_free(call);
        return false;
    }
    call_list_add(&inbox->calls, call);
    return true;
}

/* Copy TEXT to *AT, which moves on; NULL stays NULL. */
static const char *copy_text(const char *text, char **at)
{
    char *to = *at;
    size_t length;

    if (!text)
        return NULL;
    length = strlen(text) + 1;
    memcpy(to, text, length);
    *at += length;
    return to;
}

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

void inbox_fact(struct inbox *inbox, const struct fact *fact)
{
    struct heard *heard = mem_new(sizeof *heard + text_size(fact->text) + text_size(fact->reason) +
                                  text_size(fact->spooled));
    char *at = (char *)(heard + 1);

    heard->fact = *fact;
    heard->fact.text = copy_text(fact->text, &at);
    heard->fact.reason = copy_text(fact->reason, &at);
    heard->fact.spooled = copy_text(fact->spooled, &at);
    *inbox->facts_end = heard;
    inbox->facts_end = &heard->next;
}

struct heard *inbox_take_fact(struct inbox *inbox)
{
    struct heard *heard = inbox->facts;

    if (!heard)
        return NULL;
    inbox->facts = heard->next;
    if (!inbox->facts)
        inbox->facts_end = &inbox->facts;
    return heard;
}
