/*
 * post.c - mails that wait to be sent; see post.h.
 *
 * What is written at one time is sent when the mailer takes it, and tried
 * again with growing pauses.  So many wait here at most; more wait in the
 * journal, and nothing else waits for them.
 */
#include "post.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "letter.h"
#include "log.h"
#include "loop.h"
#include "mailer.h"
#include "mem.h"

enum { WAITING_MAX = 1024, TRIES_MAX = 14, PAUSE_MAX_S = 600 };

struct mail {
    struct mail *next;
    uint64_t seq;    /* of its event */
    uint64_t number; /* of its own */
    bool sending;
    unsigned tries;
    nqs_time due; /* steady: not before */
    char *to;     /* owned */
    struct buf message;
};

struct post {
    struct nqsd *nqsd;
    struct mailer *mailer;
    struct mail *first; /* in the order of their events; owned */
    struct mail **last;
    size_t count;
    uint64_t number; /* of the last mail */
    uint64_t seen;   /* the last event that was taken or passed over */
    bool settled;
    struct event *timer;
    char from[512];
};

static void mail_free(struct mail *mail)
{
    buf_done(&mail->message);
    mem_free(mail->to);
    mem_free(mail);
}

/* --- sending --- */

static void arm(struct post *post, nqs_time due, nqs_time now)
{
    nqs_time wait = due > now ? due - now : 0;
    struct timeval timeout = {(time_t)(wait / NQS_SECOND), (suseconds_t)(wait % NQS_SECOND)};

    event_add(post->timer, &timeout);
}

/* Send what is due, as far as the mailer takes it, and come back for the next. */
static void send_due(struct post *post)
{
    nqs_time now = clock_now().steady;
    nqs_time next = NQS_NEVER;

    for (struct mail *mail = post->first; mail && !mailer_full(post->mailer); mail = mail->next) {
        if (mail->sending)
            continue;
        if (mail->due > now) {
            next = mail->due < next ? mail->due : next;
            continue;
        }
        mail->sending = true;
        mailer_send(post->mailer, mail->number, post->from, mail->to, mail->message.bytes,
                    mail->message.length);
    }
    if (next != NQS_NEVER)
        arm(post, next, now);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    send_due(context);
}

static void take_out(struct post *post, struct mail **link)
{
    struct mail *mail = *link;

    *link = mail->next;
    if (!*link)
        post->last = link;
    post->count--;
    mail_free(mail);
}

static void on_done(void *context, uint64_t number, enum mailer_end end, const char *why)
{
    struct post *post = context;
    struct mail **link = &post->first;
    struct mail *mail;

    while (*link && (*link)->number != number)
        link = &(*link)->next;
    mail = *link;
    if (!mail)
        return;
    mail->sending = false;
    if (end == MAILER_LATER && ++mail->tries < TRIES_MAX) {
        nqs_time pause = mail->tries < 10 ? 1 << mail->tries : PAUSE_MAX_S;

        log_limited("mail-deferred seq=%llu why=%s again_s=%lld", (unsigned long long)mail->seq,
                    why, (long long)pause);
        mail->due = clock_now().steady + pause * NQS_SECOND;
    } else {
        if (end == MAILER_SENT)
            log_fact("mail-sent seq=%llu", (unsigned long long)mail->seq);
        else
            log_fact("mail-given-up seq=%llu to=%s why=%s", (unsigned long long)mail->seq, mail->to,
                     why);
        take_out(post, link);
        post->settled = !post->first;
        loop_want(post->nqsd->loop); /* more may wait in the journal */
    }
    send_due(post);
}

/* --- following --- */

static bool wants(void *context, enum event_type type)
{
    (void)context;
    return letter_wants(type);
}

static void add(struct post *post, const struct followed *followed, enum letter_kind kind,
                const char *to)
{
    struct mail *mail = mem_new(sizeof *mail);

    mail->seq = followed->event->seq;
    mail->number = ++post->number;
    mail->to = mem_text(to);
    letter_write(post->nqsd, followed, kind, post->from, to, &mail->message);
    *post->last = mail;
    post->last = &mail->next;
    post->count++;
}

static bool take(void *context, const struct followed *followed)
{
    struct post *post = context;
    enum letter_kind kinds[LETTERS_MAX];
    unsigned count = letter_kinds(followed, kinds);
    struct buf to;

    if (!count)
        return true;
    if (post->count + count > WAITING_MAX)
        return false;
    buf_init(&to);
    letter_to(followed, &to);
    if (!to.length)
        log_limited("mail-no-address job=%s", followed->id);
    for (unsigned i = 0; to.length && i < count; i++)
        add(post, followed, kinds[i], buf_text(&to));
    buf_done(&to);
    return true;
}

static void pass(void *context, uint64_t seq)
{
    struct post *post = context;

    post->seen = seq;
    send_due(post);
}

static uint64_t done(void *context)
{
    const struct post *post = context;

    return post->first ? post->first->seq - 1 : post->seen;
}

static uint64_t begin(void *context, uint64_t seq, uint64_t last)
{
    struct post *post = context;

    (void)last;
    post->seen = seq;
    return seq;
}

bool post_settled(struct post *post)
{
    bool settled = post && post->settled;

    if (settled)
        post->settled = false;
    return settled;
}

struct post *post_new(struct nqsd *nqsd, struct follow *follow)
{
    struct event_base *base = loop_base(nqsd->loop);
    struct post *post;
    struct follower follower = {.name = "mail",
                                .from_now = true,
                                .wants = wants,
                                .take = take,
                                .pass = pass,
                                .done = done,
                                .begin = begin};

    if (!strcmp(nqsd->conf.mailer, "none"))
        return NULL;
    post = mem_new(sizeof *post);
    post->nqsd = nqsd;
    post->last = &post->first;
    post->timer = event_new(base, -1, 0, on_timer, post);
    post->mailer =
        mailer_new(base, nqsd->conf.mailer, (unsigned)nqsd->conf.mailer_timeout, on_done, post);
    if (*nqsd->conf.mail_from)
        snprintf(post->from, sizeof post->from, "%s", nqsd->conf.mail_from);
    else
        snprintf(post->from, sizeof post->from, "nqs@%s", nqsd->host);
    follower.context = post;
    follow_add(follow, &follower);
    return post;
}

void post_free(struct post *post)
{
    if (!post)
        return;
    mailer_free(post->mailer);
    event_free(post->timer);
    while (post->first)
        take_out(post, &post->first);
    mem_free(post);
}
