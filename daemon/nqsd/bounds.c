/*
 * bounds.c - from a request's limits to those of the order that starts it; see bounds.h.
 *
 * What limit.def knows an rlimit of goes as a text for the job's process; what
 * is of the whole request the shepherd watches; the rest is the scheduler's.
 */
#include "bounds.h"

#include <stdio.h>
#include <string.h>

#include "limit.h"
#include "str.h"

enum { NO_LIMIT = -1 };

struct given {
    const struct attrs *hot;
    const struct attrs *body;
};

/* The limit that ATTR says, NO_LIMIT when it says none; false when nothing is said. */
static bool value_of(const struct given *given, uint16_t id, int64_t *ret)
{
    const struct attr *attr = attrs_find(given->hot, id);

    if (!attr)
        attr = attrs_find(given->body, id);
    if (attr)
        *ret = limit_is_none(id, attr->number) ? NO_LIMIT : attr->number;
    return attr;
}

static void put_rlimit(const struct given *given, const struct limit *row, struct order_out *out)
{
    int64_t hard = NO_LIMIT;
    int64_t soft;
    bool is_hard = value_of(given, row->attr, &hard);
    char text[80];

    soft = hard;
    if (!(row->soft && value_of(given, row->soft, &soft)) && !is_hard)
        return;
    snprintf(text, sizeof text, "%s %lld %lld", row->rlimit, (long long)soft, (long long)hard);
    order_put_text(out, ORDER_TAG_rlimit, text);
}

static void put_number(const struct given *given, uint16_t attr, enum order_tag tag,
                       struct order_out *out)
{
    int64_t value;

    if (value_of(given, attr, &value) && value > 0)
        order_put_number(out, tag, value);
}

/* When to warn of HARD: at SOFT, or so long before HARD as was asked for. */
static void put_warning(const struct given *given, const struct limit *row, enum order_tag tag,
                        struct order_out *out)
{
    int64_t hard = 0;
    int64_t at = 0;
    int64_t before;

    value_of(given, row->attr, &hard);
    if (!value_of(given, row->soft, &at) && value_of(given, ATTR_warn_before, &before) && hard > 0)
        at = hard > before ? hard - before : 1;
    if (at > 0)
        order_put_number(out, tag, at);
}

void bounds_put(const struct attrs *hot, const struct attrs *body, struct order_out *out)
{
    const struct given given = {hot, body};
    int64_t nice;

    for (const struct limit *row = limit_each(NULL); row; row = limit_each(row))
        if (*row->rlimit)
            put_rlimit(&given, row, out);
    put_number(&given, ATTR_walltime, ORDER_TAG_walltime, out);
    put_number(&given, ATTR_cput, ORDER_TAG_cput, out);
    put_number(&given, ATTR_mem, ORDER_TAG_mem, out);
    put_number(&given, ATTR_vmem, ORDER_TAG_vmem, out);
    put_warning(&given, limit_find(ATTR_walltime), ORDER_TAG_warn_wall, out);
    put_warning(&given, limit_find(ATTR_cput), ORDER_TAG_warn_cput, out);
    put_number(&given, ATTR_warn_signal, ORDER_TAG_warn_signo, out);
    if (value_of(&given, ATTR_nice, &nice) && nice)
        order_put_number(out, ORDER_TAG_nice, nice);
}

void bounds_said(const char *spool, char *text, size_t size)
{
    char path[4200];
    FILE *file;

    snprintf(path, sizeof path, "%s/limits", spool);
    file = fopen(path, "re");
    if (!file || !fgets(text, (int)size, file))
        *text = '\0';
    if (file)
        fclose(file);
    text[strcspn(text, "\n")] = '\0';
    if (!str_printable(text, strlen(text)))
        *text = '\0';
}
