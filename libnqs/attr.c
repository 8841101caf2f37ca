/*
 * attr.c - what the types of attributes.def can do; see attr.h.
 *
 * Behaviour differs by type, never by attribute: a type is a row of three
 * functions, and a new attribute is a new row of attributes.def.
 */
#include "attr.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "mem.h"
#include "str.h"

static const struct attr_def attr_rows[] = {
#define A(id, member, shown, type, of, def, min, max, heat, setter, alter, text) \
    {id,  #member, shown,       TYPE_##type,     OF_##of,       def,             \
     min, max,     HEAT_##heat, SETTER_##setter, ALTER_##alter, text},
#include "attributes.def"
#undef A
};

enum { ATTR_ROWS = sizeof attr_rows / sizeof *attr_rows };

#define A(id, member, shown, type, of, def, min, max, heat, setter, alter, text) \
    _Static_assert((id) < ATTR_IDS, "ATTR_IDS is above every id");
#include "attributes.def"
#undef A

struct attr_type_row {
    const char *takes; /* what an error says */
    bool numeric;
    bool (*parse)(const struct attr_def *def, const char *text, struct attr *ret);
    void (*print)(const struct attr *attr, struct buf *out);
};

static bool parse_int(const struct attr_def *def, const char *text, struct attr *ret)
{
    return str_number(text, def->min, def->max, &ret->number);
}

static void print_int(const struct attr *attr, struct buf *out)
{
    buf_format(out, "%lld", (long long)attr->number);
}

static bool parse_bool(const struct attr_def *def, const char *text, struct attr *ret)
{
    static const char *const yes[] = {"true", "t", "y", "yes", "1"};
    static const char *const no[] = {"false", "f", "n", "no", "0"};

    (void)def;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (!strcasecmp(text, yes[i]) || !strcasecmp(text, no[i])) {
            ret->number = !strcasecmp(text, yes[i]);
            return true;
        }
    }
    return false;
}

static void print_bool(const struct attr *attr, struct buf *out)
{
    buf_add_text(out, attr->number ? "True" : "False");
}

static void print_time(const struct attr *attr, struct buf *out)
{
    char text[CLOCK_TEXT_MAX];

    clock_text(attr->number, text);
    buf_add_text(out, text);
}

/* A limit that is none is the largest value that there is, where the row allows that. */
static bool parse_unlimited(const struct attr_def *def, const char *text, struct attr *ret)
{
    ret->number = def->max;
    return def->max >= INT32_MAX && !strcasecmp(text, ATTR_UNLIMITED);
}

static bool is_unlimited(const struct attr *attr)
{
    return attr->number == attr_find(attr->id)->max && attr->number >= INT32_MAX;
}

static bool parse_count(const struct attr_def *def, const char *text, struct attr *ret)
{
    return parse_unlimited(def, text, ret) || parse_int(def, text, ret);
}

static void print_count(const struct attr *attr, struct buf *out)
{
    if (is_unlimited(attr))
        buf_add_text(out, ATTR_UNLIMITED);
    else
        print_int(attr, out);
}

static bool parse_duration(const struct attr_def *def, const char *text, struct attr *ret)
{
    if (parse_unlimited(def, text, ret))
        return true;
    return clock_parse_duration(text, &ret->number, NULL) == NQS_OK && ret->number >= def->min &&
           ret->number <= def->max;
}

static void print_duration(const struct attr *attr, struct buf *out)
{
    char text[CLOCK_TEXT_MAX];

    if (is_unlimited(attr))
        strcpy(text, ATTR_UNLIMITED);
    else
        clock_duration_text(attr->number, text);
    buf_add_text(out, text);
}

static bool parse_size(const struct attr_def *def, const char *text, struct attr *ret)
{
    if (parse_unlimited(def, text, ret))
        return true;
    return str_size(text, &ret->number) && ret->number >= def->min && ret->number <= def->max;
}

static void print_size(const struct attr *attr, struct buf *out)
{
    if (is_unlimited(attr))
        buf_add_text(out, ATTR_UNLIMITED);
    else if (attr->number % 1024)
        buf_format(out, "%lldb", (long long)attr->number);
    else
        buf_format(out, "%lldkb", (long long)(attr->number / 1024));
}

static bool parse_holds(const struct attr_def *def, const char *text, struct attr *ret)
{
    (void)def;
    return attr_parse_holds(text, &ret->number, NULL) == NQS_OK;
}

static void print_holds(const struct attr *attr, struct buf *out)
{
    if (!attr->number)
        buf_add_char(out, 'n');
    if (attr->number & HOLD_USER)
        buf_add_char(out, 'u');
    if (attr->number & HOLD_OPERATOR)
        buf_add_char(out, 'o');
    if (attr->number & (HOLD_SYSTEM | HOLD_DEPEND))
        buf_add_char(out, 's');
}

static bool parse_text(const struct attr_def *def, const char *text, struct attr *ret)
{
    size_t length = strlen(text);

    if (length < (size_t)def->min || length > (size_t)def->max || !str_no_control(text, length))
        return false;
    ret->bytes = text;
    ret->length = (uint32_t)length;
    return true;
}

static void print_text(const struct attr *attr, struct buf *out)
{
    buf_add(out, attr->bytes, attr->length);
}

static bool parse_bytes(const struct attr_def *def, const char *text, struct attr *ret)
{
    size_t length = strlen(text);

    if (length > (size_t)def->max)
        return false;
    ret->bytes = text;
    ret->length = (uint32_t)length;
    return true;
}

/* Items end in a NUL each; commas inside an item are escaped, so that -f can be taken apart. */
static void print_list(const struct attr *attr, struct buf *out)
{
    for (uint32_t i = 0; i + 1 < attr->length; i++) {
        char c = attr->bytes[i];

        if (c == ',' || c == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, c ? c : ',');
    }
}

static const struct attr_type_row attr_types[] = {
    [TYPE_INT] = {"a whole number", true, parse_int, print_int},
    [TYPE_BOOL] = {"y or n", true, parse_bool, print_bool},
    [TYPE_TIME] = {"microseconds since 1970", true, parse_int, print_time},
    [TYPE_DURATION] = {"a time as seconds, mm:ss or hh:mm:ss", true, parse_duration,
                       print_duration},
    [TYPE_SIZE] = {"a size such as 500mb or 2gb", true, parse_size, print_size},
    [TYPE_HOLDS] = {"letters of u, o, s, or n alone", true, parse_holds, print_holds},
    [TYPE_TEXT] = {"printable text", false, parse_text, print_text},
    [TYPE_BYTES] = {"bytes", false, parse_bytes, print_text},
    [TYPE_LIST] = {"texts", false, parse_bytes, print_list},
    [TYPE_COUNT] = {"a whole number or unlimited", true, parse_count, print_count},
};

const struct attr_def *attr_find(uint16_t id)
{
    size_t low = 0;
    size_t high = ATTR_ROWS;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (attr_rows[middle].id == id)
            return &attr_rows[middle];
        if (attr_rows[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct attr_def *attr_named(enum attr_of of, const char *name)
{
    for (size_t i = 0; i < ATTR_ROWS; i++)
        if (attr_rows[i].of == of && !strcasecmp(attr_rows[i].shown, name))
            return &attr_rows[i];
    return NULL;
}

/* The names that other systems have for a resource. */
static const struct {
    const char *name;
    const char *ours;
} resource_aliases[] = {
    {"ppf", "file"},         {"fsize", "file"},       {"elapstim_req", "walltime"},
    {"cpunum_job", "ncpus"}, {"memsz_job", "mem"},    {"vmemsz_job", "vmem"},
    {"cputim_job", "cput"},  {"cputim_prc", "pcput"}, {"memsz_prc", "pmem"},
    {"vmemsz_prc", "pvmem"},
};

const struct attr_def *attr_resource(const char *name)
{
    char shown[64];

    for (size_t i = 0; i < sizeof resource_aliases / sizeof *resource_aliases; i++)
        if (!strcasecmp(resource_aliases[i].name, name))
            name = resource_aliases[i].ours;
    if (snprintf(shown, sizeof shown, "Resource_List.%s", name) >= (int)sizeof shown)
        return NULL;
    return attr_named(OF_JOB, shown);
}

const struct attr_def *attr_each(const struct attr_def *last)
{
    if (!last)
        return &attr_rows[0];
    return last + 1 < attr_rows + ATTR_ROWS ? last + 1 : NULL;
}

bool attr_numeric(enum attr_type type)
{
    return attr_types[type].numeric;
}

enum nqs_code attr_parse(const struct attr_def *def, const char *text, struct attr *ret,
                         struct nqs_err *err)
{
    const struct attr_type_row *type = &attr_types[def->type];
    struct attr value = {.id = def->id};

    if (!type->parse(def, text, &value)) {
        if (def->type == TYPE_INT)
            return nqs_fail(err, NQS_VALUE, "%s: '%.80s' is not %s from %lld to %lld", def->shown,
                            text, type->takes, (long long)def->min, (long long)def->max);
        if (type->numeric && def->min > 0)
            return nqs_fail(err, NQS_VALUE, "%s: '%.80s' is not %s, at least %lld", def->shown,
                            text, type->takes, (long long)def->min);
        return nqs_fail(err, NQS_VALUE, "%s: '%.80s' is not %s", def->shown, text, type->takes);
    }
    *ret = value;
    return NQS_OK;
}

enum nqs_code attr_check(const struct attr *attr, struct nqs_err *err)
{
    const struct attr_def *def = attr_find(attr->id);
    int64_t measure;

    if (!def)
        return nqs_fail(err, NQS_NOATTR, "attribute %u is not known here", (unsigned)attr->id);
    measure = attr_types[def->type].numeric ? attr->number : (int64_t)attr->length;
    if (measure < def->min || measure > def->max)
        return nqs_fail(err, NQS_VALUE, "%s: %lld is not within %lld to %lld", def->shown,
                        (long long)measure, (long long)def->min, (long long)def->max);
    if (def->type == TYPE_TEXT && !str_no_control(attr->bytes, attr->length))
        return nqs_fail(err, NQS_VALUE, "%s has a control character in it", def->shown);
    if (def->type == TYPE_LIST && attr->length && attr->bytes[attr->length - 1])
        return nqs_fail(err, NQS_VALUE, "%s is not a list", def->shown);
    return NQS_OK;
}

void attr_print(const struct attr *attr, struct buf *out)
{
    const struct attr_def *def = attr_find(attr->id);

    if (def)
        attr_types[def->type].print(attr, out);
    else
        buf_format(out, "(%u bytes)", (unsigned)attr->length);
}

void attr_print_amount(const struct attr *attr, struct buf *out)
{
    const struct attr_def *def = attr_find(attr->id);

    assert(def && attr_types[def->type].numeric && def->type != TYPE_TIME);
    attr_types[def->type].print(attr, out);
}

/* The fewest bytes that hold NUMBER in two's complement. */
static uint32_t number_width(int64_t number)
{
    uint32_t width = 1;

    while (width < 8 &&
           (number < -((int64_t)1 << (8 * width - 1)) || number >= (int64_t)1 << (8 * width - 1)))
        width++;
    return width;
}

static void number_put(int64_t number, struct buf *out)
{
    for (uint32_t left = number_width(number); left; left--)
        buf_add_u8(out, (uint8_t)((uint64_t)number >> (8 * (left - 1))));
}

static bool number_take(const uint8_t *bytes, size_t length, int64_t *ret)
{
    uint64_t value;

    if (!length || length > 8)
        return false;
    value = bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    *ret = (int64_t)value;
    return true;
}

void attr_pack_value(const struct attr *attr, struct buf *out)
{
    const struct attr_def *def = attr_find(attr->id);

    if (def && attr_types[def->type].numeric)
        number_put(attr->number, out);
    else
        buf_add(out, attr->bytes, attr->length);
}

void attr_pack(const struct attr *attr, struct buf *out)
{
    const struct attr_def *def = attr_find(attr->id);

    buf_add_u16(out, attr->id);
    buf_add_u32(out,
                def && attr_types[def->type].numeric ? number_width(attr->number) : attr->length);
    attr_pack_value(attr, out);
}

void attr_pack_number(uint16_t id, int64_t number, struct buf *out)
{
    attr_pack(&(struct attr){.id = id, .number = number}, out);
}

void attr_pack_text(uint16_t id, const char *text, struct buf *out)
{
    attr_pack(&(struct attr){.id = id, .bytes = text, .length = (uint32_t)strlen(text)}, out);
}

bool attr_unpack_value(uint16_t id, const void *bytes, size_t length, struct attr *ret)
{
    const struct attr_def *def = attr_find(id);
    struct attr value = {.id = id, .bytes = bytes, .length = (uint32_t)length};

    if (def && attr_types[def->type].numeric && !number_take(bytes, length, &value.number))
        return false;
    if (def && def->type == TYPE_TEXT && length && memchr(bytes, 0, length))
        return false;
    *ret = value;
    return true;
}

bool attr_unpack(struct reader *reader, struct attr *ret)
{
    uint16_t id;
    uint32_t length;
    const void *bytes;

    if (reader->failed || !reader->left)
        return false;
    id = reader_u16(reader);
    length = reader_u32(reader);
    bytes = reader_bytes(reader, length);
    if (!bytes || !attr_unpack_value(id, bytes, length, ret))
        reader->failed = true;
    return !reader->failed;
}

void attrs_init(struct attrs *attrs)
{
    *attrs = (struct attrs){0};
}

void attrs_done(struct attrs *attrs)
{
    mem_free(attrs->list);
    *attrs = (struct attrs){0};
}

void attrs_clear(struct attrs *attrs)
{
    attrs->count = 0;
}

void attrs_add(struct attrs *attrs, const struct attr *attr)
{
    if (attrs->count == attrs->room) {
        attrs->room = attrs->room ? attrs->room * 2 : 16;
        attrs->list = mem_grow(attrs->list, attrs->room, sizeof *attrs->list);
    }
    attrs->list[attrs->count++] = *attr;
}

void attrs_add_number(struct attrs *attrs, uint16_t id, int64_t number)
{
    attrs_add(attrs, &(struct attr){.id = id, .number = number});
}

void attrs_add_text(struct attrs *attrs, uint16_t id, const char *text)
{
    attrs_add_bytes(attrs, id, text, strlen(text));
}

void attrs_add_bytes(struct attrs *attrs, uint16_t id, const void *bytes, size_t length)
{
    attrs_add(attrs, &(struct attr){.id = id, .bytes = bytes, .length = (uint32_t)length});
}

const struct attr *attrs_find(const struct attrs *attrs, uint16_t id)
{
    for (size_t i = attrs->count; i-- > 0;)
        if (attrs->list[i].id == id)
            return &attrs->list[i];
    return NULL;
}

int64_t attrs_number(const struct attrs *attrs, uint16_t id, int64_t absent)
{
    const struct attr *attr = attrs_find(attrs, id);

    return attr ? attr->number : absent;
}

bool attrs_unpack(struct attrs *attrs, const void *bytes, size_t length)
{
    struct reader reader;
    struct attr attr;

    reader_init(&reader, bytes, length);
    while (attr_unpack(&reader, &attr))
        attrs_add(attrs, &attr);
    return !reader.failed;
}

void attrs_pack(const struct attrs *attrs, struct buf *out)
{
    for (size_t i = 0; i < attrs->count; i++)
        attr_pack(&attrs->list[i], out);
}

enum nqs_code attr_parse_holds(const char *text, int64_t *ret, struct nqs_err *err)
{
    static const char letters[] = "uos"; /* in the order of the bits */
    int64_t holds = 0;

    if (!strcmp(text, "n")) {
        *ret = 0;
        return NQS_OK;
    }
    for (const char *at = text; *at; at++) {
        const char *letter = strchr(letters, *at);

        if (!letter)
            return nqs_fail(err, NQS_VALUE, "hold list '%.40s': use letters of u, o, s, or n alone",
                            text);
        holds |= 1 << (letter - letters);
    }
    if (!*text)
        return nqs_fail(err, NQS_VALUE, "hold list is empty: use letters of u, o, s, or n alone");
    *ret = holds;
    return NQS_OK;
}
