/*
 * access.c - lists and whom a queue accepts; see access.h.
 */
#include "access.h"

#include <string.h>

#include "str.h"

enum { OPERATION_SET, OPERATION_ADD, OPERATION_REMOVE };

static const struct access_list lists[] = {
    {ATTR_managers, ATTR_manager_ids},
    {ATTR_operators, ATTR_operator_ids},
    {ATTR_acl_users, ATTR_acl_user_ids},
    {ATTR_acl_groups, ATTR_acl_group_ids},
    {ATTR_acl_hosts, 0},
    {ATTR_complex_queues, 0},
};

enum { LISTS = sizeof lists / sizeof *lists };

const struct access_list *access_list(uint16_t attr)
{
    for (size_t i = 0; i < LISTS; i++)
        if (lists[i].words == attr)
            return &lists[i];
    return NULL;
}

const struct access_list *access_list_each(const struct access_list *last)
{
    const struct access_list *next = last ? last + 1 : lists;

    return next < lists + LISTS ? next : NULL;
}

/* ------------------------------------------------------------------- words */

struct word {
    const char *text;
    size_t length;
};

/* The next word of *AT up to END; false at the end. */
static bool next_word(const char **at, const char *end, struct word *ret)
{
    const char *comma;

    if (*at >= end)
        return false;
    comma = memchr(*at, ',', (size_t)(end - *at));
    ret->text = *at;
    ret->length = (size_t)((comma ? comma : end) - *at);
    *at = comma ? comma + 1 : end;
    return true;
}

/* A word says no when '-' stands before it; what it is about is behind the sign. */
static bool take_sign(struct word *word)
{
    bool no = word->length && *word->text == '-';
    bool sign = no || (word->length && *word->text == '+');

    word->text += sign;
    word->length -= sign;
    return no;
}

static bool is_number(const struct word *word, uint32_t number)
{
    uint64_t value = 0;

    if (word->length == 1 && *word->text == '*')
        return true;
    if (!word->length || word->length > 10)
        return false;
    for (size_t i = 0; i < word->length; i++) {
        if (word->text[i] < '0' || word->text[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(word->text[i] - '0');
    }
    return value == number;
}

bool access_has(const char *numbers, uint32_t number)
{
    const char *end = numbers + strlen(numbers);
    struct word word;

    while (next_word(&numbers, end, &word)) {
        bool no = take_sign(&word);

        if (is_number(&word, number))
            return !no;
    }
    return false;
}

/* Groups are asked about together: the first word that fits any of them decides. */
static bool has_any(const char *numbers, const uint32_t *gids, size_t count)
{
    const char *end = numbers + strlen(numbers);
    struct word word;

    while (next_word(&numbers, end, &word)) {
        bool no = take_sign(&word);

        for (size_t i = 0; i < count; i++)
            if (is_number(&word, gids[i]))
                return !no;
    }
    return false;
}

/* `host`, `*` or `*.domain`. */
static bool is_host(const struct word *word, const char *host)
{
    size_t length = strlen(host);
    struct word tail = *word;

    if (!word->length || *word->text != '*')
        return length == word->length && !strncmp(host, word->text, length);
    tail.text++;
    tail.length--;
    return length >= tail.length && !strncmp(host + length - tail.length, tail.text, tail.length);
}

static bool has_host(const char *hosts, const char *host)
{
    const char *end = hosts + strlen(hosts);
    struct word word;

    while (next_word(&hosts, end, &word)) {
        bool no = take_sign(&word);

        if (is_host(&word, host))
            return !no;
    }
    return false;
}

/* ------------------------------------------------------------------- lists */

/* A list as it is walked: words and their numbers in step. */
struct walk {
    const char *words;
    const char *words_end;
    const char *numbers;
    const char *numbers_end;
};

static struct walk walk_begin(const struct attrs *words, uint16_t word_id,
                              const struct attrs *numbers, uint16_t number_id)
{
    const struct attr *list = words ? attrs_find(words, word_id) : NULL;
    const struct attr *ids = numbers && number_id ? attrs_find(numbers, number_id) : NULL;
    struct walk walk = {"", "", "", ""};

    if (list && list->length) {
        walk.words = list->bytes;
        walk.words_end = list->bytes + list->length;
    } else {
        walk.words_end = walk.words;
    }
    walk.numbers_end = walk.numbers;
    if (ids && ids->length) {
        walk.numbers = ids->bytes;
        walk.numbers_end = ids->bytes + ids->length;
    }
    return walk;
}

/* A word without a number gets one that fits nobody. */
static bool walk_next(struct walk *walk, struct word *word, struct word *number)
{
    if (!next_word(&walk->words, walk->words_end, word))
        return false;
    if (!next_word(&walk->numbers, walk->numbers_end, number))
        *number = (struct word){"-", 1};
    return true;
}

static bool walk_has(struct walk walk, const struct word *wanted)
{
    struct word word;
    struct word number;

    while (walk_next(&walk, &word, &number))
        if (word.length == wanted->length && !memcmp(word.text, wanted->text, word.length))
            return true;
    return false;
}

/* The list that is being made, in the two halves of a space that does not move. */
struct made {
    struct attr words;
    struct attr numbers;
};

static void put(char *to, struct attr *list, const struct word *word, bool first)
{
    if (!first)
        to[list->length++] = ',';
    memcpy(to + list->length, word->text, word->length);
    list->length += (uint32_t)word->length;
}

static void made_add(struct made *made, const struct word *word, const struct word *number)
{
    struct walk walk = {made->words.bytes, made->words.bytes + made->words.length, "", ""};
    bool first = !made->words.length;

    walk.numbers_end = walk.numbers;
    if (!word->length || walk_has(walk, word))
        return;
    put((char *)(uintptr_t)made->words.bytes, &made->words, word, first);
    put((char *)(uintptr_t)made->numbers.bytes, &made->numbers, number, first);
}

static size_t text_length(const struct attrs *attrs, uint16_t id)
{
    const struct attr *attr = attrs && id ? attrs_find(attrs, id) : NULL;

    return attr ? attr->length : 0;
}

/* Bytes that either half of the list ROW may need: each word at most as long, and a sign. */
static size_t half_room(const struct access_list *row, const struct request *request,
                        const struct attrs *have)
{
    size_t words = text_length(have, row->words) + text_length(request->attrs, row->words);
    size_t numbers = text_length(have, row->numbers) + text_length(request->numbers, row->numbers);

    return 2 * words + numbers + 4;
}

size_t access_room(const struct request *request, const struct attrs *have)
{
    size_t room = 0;

    for (const struct access_list *row = NULL; (row = access_list_each(row));)
        if (attrs_find(request->attrs, row->words))
            room += 2 * half_room(row, request, have);
    return room;
}

static enum nqs_code check_removed(struct walk given, const struct walk *old,
                                   const struct attr_def *def, struct nqs_err *err)
{
    struct word word;
    struct word number;

    while (walk_next(&given, &word, &number))
        if (!walk_has(*old, &word))
            return nqs_fail(err, NQS_VALUE, "'%.*s' is not in %s",
                            (int)(word.length < 80 ? word.length : 80), word.text, def->shown);
    return NQS_OK;
}

enum nqs_code access_merge(const struct access_list *row, const struct request *request,
                           const struct attrs *have, struct buf *space, struct attrs *attrs,
                           struct nqs_err *err)
{
    int64_t operation = attrs_number(request->attrs, ATTR_list_operation, OPERATION_SET);
    struct walk old = walk_begin(have, row->words, have, row->numbers);
    struct walk given = walk_begin(request->attrs, row->words, request->numbers, row->numbers);
    const struct attr_def *def = attr_find(row->words);
    size_t room = half_room(row, request, have);
    struct made made = {{.id = row->words}, {.id = row->numbers}};
    struct word word;
    struct word number;

    if (operation == OPERATION_REMOVE && check_removed(given, &old, def, err))
        return NQS_VALUE;
    made.words.bytes = space->bytes + space->length;
    made.numbers.bytes = made.words.bytes + room;
    space->length += 2 * room;
    for (struct walk walk = old; operation != OPERATION_SET && walk_next(&walk, &word, &number);)
        if (operation == OPERATION_ADD || !walk_has(given, &word))
            made_add(&made, &word, &number);
    for (struct walk walk = given;
         operation != OPERATION_REMOVE && walk_next(&walk, &word, &number);)
        made_add(&made, &word, &number);
    if (made.words.length > (uint64_t)def->max)
        return nqs_fail(err, NQS_LIMIT, "%s would be longer than %lld bytes", def->shown,
                        (long long)def->max);
    attrs_add(attrs, &made.words);
    if (row->numbers)
        attrs_add(attrs, &made.numbers);
    return NQS_OK;
}

/* ------------------------------------------------------------ whom a queue accepts */

static bool may_use(const struct core *core, const struct queue *queue,
                    const struct request *request)
{
    bool user = access_has(intern_text(core->intern, queue->acl_user_ids), request->uid);
    bool group =
        has_any(intern_text(core->intern, queue->acl_group_ids), request->gids, request->gid_count);

    if (queue->acl_either && queue->acl_user_enable && queue->acl_group_enable)
        return user || group;
    return (user || !queue->acl_user_enable) && (group || !queue->acl_group_enable);
}

static enum nqs_code check_room(struct queue *queue, const struct request *request, uint32_t count,
                                struct nqs_err *err)
{
    const struct lane *lane = queue_lane(queue, request->uid, false);
    uint64_t own = (lane ? lane->total : 0) + (uint64_t)count;

    if (queue->max_queued && (uint64_t)queue_total(queue) + count > queue->max_queued)
        return nqs_fail(err, NQS_LIMIT,
                        "Maximum number of jobs already in queue: '%s' holds at most %u",
                        queue->name, (unsigned)queue->max_queued);
    if (queue->max_user_queued && own > queue->max_user_queued)
        return nqs_fail(err, NQS_LIMIT,
                        "Maximum number of jobs already in queue: '%s' holds at most %u of a user",
                        queue->name, (unsigned)queue->max_user_queued);
    return NQS_OK;
}

enum nqs_code access_check(const struct core *core, struct queue *queue,
                           const struct request *request, uint32_t count, struct nqs_err *err)
{
    bool free = request->role == CORE_MANAGER || request->uid == 0;

    if (queue->from_route_only)
        return nqs_fail(err, NQS_USER,
                        "queue '%s' accepts only requests that come through a pipe queue",
                        queue->name);
    if (!free && !may_use(core, queue, request))
        return nqs_fail(err, NQS_USER, "you have no access to queue '%s'", queue->name);
    if (!free && queue->acl_host_enable &&
        !has_host(intern_text(core->intern, queue->acl_hosts), request->host))
        return nqs_fail(err, NQS_USER, "queue '%s' accepts no requests from host '%.80s'",
                        queue->name, request->host);
    return check_room(queue, request, count, err);
}
