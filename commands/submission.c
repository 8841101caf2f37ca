/*
 * submission.c - what is sent, as it is put together; see qsub.h.
 */
#include "mem.h"
#include "qsub.h"

enum nqs_code submission_init(struct submission *submission, struct nqs_err *err)
{
    *submission = (struct submission){.queue = ""};
    return qsub_path_here(submission, err);
}

void submission_done(struct submission *submission)
{
    for (size_t i = 0; i < submission->texts_count; i++)
        mem_free(submission->texts[i]);
    mem_free(submission->texts);
    mem_free(submission->variables.list);
    buf_done(&submission->script);
    buf_done(&submission->packed);
    buf_done(&submission->arguments);
    attrs_done(&submission->attrs);
}

char *submission_keep(struct submission *submission, char *text)
{
    size_t count = submission->texts_count;

    if (!(count & (count - 1))) /* full at each power of two */
        submission->texts =
            mem_grow(submission->texts, count ? 2 * count : 1, sizeof *submission->texts);
    submission->texts[submission->texts_count++] = text;
    return text;
}

void submission_drop(struct submission *submission, uint16_t id)
{
    struct attrs *attrs = &submission->attrs;
    size_t kept = 0;

    for (size_t i = 0; i < attrs->count; i++)
        if (attrs->list[i].id != id)
            attrs->list[kept++] = attrs->list[i];
    attrs->count = kept;
    for (size_t i = 0; i < submission->unset_count; i++)
        if (submission->unset[i] == id)
            submission->unset[i--] = submission->unset[--submission->unset_count];
}

void submission_set(struct submission *submission, const struct attr *attr)
{
    submission_drop(submission, attr->id);
    attrs_add(&submission->attrs, attr);
}

void submission_set_text(struct submission *submission, uint16_t id, const char *text)
{
    submission_drop(submission, id);
    attrs_add_text(&submission->attrs, id, text);
}

void submission_set_number(struct submission *submission, uint16_t id, int64_t number)
{
    submission_drop(submission, id);
    attrs_add_number(&submission->attrs, id, number);
}

void submission_unset(struct submission *submission, uint16_t id)
{
    submission_drop(submission, id);
    if (submission->unset_count < sizeof submission->unset / sizeof *submission->unset)
        submission->unset[submission->unset_count++] = id;
}
