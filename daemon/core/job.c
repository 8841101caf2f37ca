/*
 * job.c - rows and their values; see job.h.
 *
 * Which member holds which attribute follows from attributes.def, so that a
 * new hot attribute is a row there and a member in job.h.  A value of zero and
 * an empty text are not written: absence means zero.
 */
#include "job.h"

#include <assert.h>
#include <string.h>

#include "field.h"
#include "id.h"
#include "mem.h"

static const struct field job_fields[] = {
#define FIELD_JOB_HOT(id, member, type) FIELD(struct job, id, member, type)
#define FIELD_JOB_ARRAY(id, member, type)
#define FIELD_QUEUE_HOT(id, member, type)
#define FIELD_SERVER_HOT(id, member, type)
#include "field_rows.h"
};

static const struct field array_fields[] = {
#define FIELD_JOB_HOT(id, member, type)
#define FIELD_JOB_ARRAY(id, member, type) FIELD(struct array, id, member, type)
#define FIELD_QUEUE_HOT(id, member, type)
#define FIELD_SERVER_HOT(id, member, type)
#include "field_rows.h"
};

enum {
    JOB_FIELDS = sizeof job_fields / sizeof *job_fields,
    ARRAY_FIELDS = sizeof array_fields / sizeof *array_fields,
};

bool job_value(const struct job *job, const struct intern *intern, uint16_t id, struct attr *ret)
{
    const struct field *field = field_find(job_fields, JOB_FIELDS, id);

    if (field)
        return field_get(field, job, intern, ret);
    field = job->array ? field_find(array_fields, ARRAY_FIELDS, id) : NULL;
    return field && field_get(field, job->array, intern, ret);
}

static uint32_t array_place(const struct array *array, int32_t index)
{
    return (uint32_t)(((int64_t)index - array->array_first) / array->array_step);
}

static size_t array_done_size(const struct array *array)
{
    return (array_size(array) + 7) / 8;
}

/*
 * Count the members that wait; after array_next, array_done or the bounds were
 * set.  Only bits are walked over, and they are no more than a record has bytes
 * for: bounds alone may say anything until the last of them is set.
 */
static void array_recount(struct array *array)
{
    int64_t next = array->array_next;

    array->todo = 0;
    if (!array_size(array) || next > array->array_last)
        return;
    if (next < array->array_first)
        next = array->array_first;
    array->todo = (uint32_t)((array->array_last - next) / array->array_step + 1);
    for (; array->array_done && next <= array->array_last; next += array->array_step)
        array->todo -= !array_waits(array, (int32_t)next);
}

static void array_clear_done(struct array *array)
{
    mem_free(array->array_done);
    array->array_done = NULL;
}

static void array_set_done(struct array *array, const struct attr *attr)
{
    array_clear_done(array);
    if (array_size(array) && attr->length == array_done_size(array))
        array->array_done = (uint8_t *)mem_copy(attr->bytes, attr->length);
}

/* An array's attributes come in the order of their ids: bounds, array_next, array_done. */
static bool job_set_array(struct job *job, struct intern *intern, const struct attr *attr)
{
    const struct field *field = field_find(array_fields, ARRAY_FIELDS, attr->id);

    if (!field)
        return false;
    if (!job->array)
        job->array = mem_new(sizeof *job->array);
    if (attr->id == ATTR_array_done) {
        array_set_done(job->array, attr);
    } else {
        if (attr->id == ATTR_array_first || attr->id == ATTR_array_last ||
            attr->id == ATTR_array_step)
            array_clear_done(job->array); /* its bits meant other indices */
        field_set(field, job->array, intern, attr);
    }
    if (attr->id != ATTR_array_failed && attr->id != ATTR_array_ended && attr->id != ATTR_array_max)
        array_recount(job->array);
    return true;
}

void job_set(struct job *job, struct intern *intern, const struct attr *attr)
{
    const struct field *field = field_find(job_fields, JOB_FIELDS, attr->id);

    if (field) {
        field_set(field, job, intern, attr);
        return;
    }
    if (job_set_array(job, intern, attr))
        return;
    if (attr_find(attr->id))
        return; /* cold or computed: not ours */
    if (!job->unknown)
        job->unknown = mem_new(sizeof *job->unknown);
    attr_pack(attr, job->unknown);
}

/* The bits before array_next mean nothing any more; without others none is kept. */
static bool array_done_matters(const struct array *array)
{
    if (!array->array_done)
        return false;
    for (int64_t index = array->array_next; index <= array->array_last; index += array->array_step)
        if (!array_waits(array, (int32_t)index))
            return true;
    return false;
}

/* Only bits that mean something are packed, so that a core that has lived through them and one
 * that has loaded what was left write the same record. */
static void pack_done(const struct array *array, struct buf *out)
{
    struct attr done = {.id = ATTR_array_done, .length = (uint32_t)array_done_size(array)};
    char *bits = mem_copy(array->array_done, done.length);
    uint32_t next = array_place(array, (int32_t)array->array_next);

    memset(bits, 0, next / 8);
    bits[next / 8] = (char)(bits[next / 8] & 0xff << next % 8);
    done.bytes = bits;
    attr_pack(&done, out);
    mem_free(bits);
}

void job_pack(const struct job *job, const struct intern *intern, struct buf *out)
{
    fields_pack(job_fields, JOB_FIELDS, job, intern, out);
    if (job->array) {
        fields_pack(array_fields, ARRAY_FIELDS, job->array, intern, out);
        if (array_done_matters(job->array))
            pack_done(job->array, out);
    }
    if (job->unknown)
        buf_add(out, job->unknown->bytes, job->unknown->length);
}

void job_values(const struct job *job, const struct intern *intern, struct attrs *attrs)
{
    fields_values(job_fields, JOB_FIELDS, job, intern, attrs);
    if (job->array)
        fields_values(array_fields, ARRAY_FIELDS, job->array, intern, attrs);
    if (job->unknown)
        attrs_unpack(attrs, job->unknown->bytes, job->unknown->length);
}

void job_inherit(struct job *member, const struct job *array, struct intern *intern)
{
    for (size_t i = 0; i < JOB_FIELDS; i++)
        memcpy((char *)member + job_fields[i].at, (const char *)array + job_fields[i].at,
               job_fields[i].size);
    fields_hold(job_fields, JOB_FIELDS, member, intern);
    member->state = STATE_NEW;
    member->stime = 0; /* the array's is that of its first member */
}

void job_clear(struct job *job, struct intern *intern)
{
    fields_clear(job_fields, JOB_FIELDS, job, intern);
    if (job->array) {
        mem_free(job->array->array_done);
        mem_free(job->array);
        job->array = NULL;
    }
    if (job->unknown) {
        buf_done(job->unknown);
        mem_free(job->unknown);
        job->unknown = NULL;
    }
}

nqs_time job_end(const struct job *job)
{
    return job->walltime ? job->stime + job->walltime * NQS_SECOND : NQS_NEVER;
}

int64_t job_ncpus(const struct job *job)
{
    return job->ncpus ? job->ncpus : 1;
}

uint32_t array_size(const struct array *array)
{
    if (array->array_step <= 0 || array->array_last < array->array_first)
        return 0;
    return (uint32_t)(((int64_t)array->array_last - array->array_first) / array->array_step + 1);
}

bool array_has(const struct array *array, int32_t index)
{
    return array->array_step > 0 && index >= array->array_first && index <= array->array_last &&
           ((int64_t)index - array->array_first) % array->array_step == 0;
}

bool array_waits(const struct array *array, int32_t index)
{
    uint32_t place;

    if (!array_has(array, index) || index < array->array_next)
        return false;
    place = array_place(array, index);
    return !array->array_done || !(array->array_done[place / 8] & 1u << place % 8);
}

int32_t array_waiting_from(const struct array *array, int64_t from)
{
    if (from < array->array_next)
        from = array->array_next;
    if (from < array->array_first)
        from = array->array_first;
    from +=
        (array->array_step - (from - array->array_first) % array->array_step) % array->array_step;
    for (; from <= array->array_last; from += array->array_step)
        if (array_waits(array, (int32_t)from))
            return (int32_t)from;
    return NQS_NO_INDEX;
}

void array_take(struct array *array, int32_t index)
{
    uint32_t place = array_place(array, index);

    assert(array_waits(array, index));
    array->todo--;
    if (index == array_waiting_from(array, array->array_next)) {
        array->array_next = (int64_t)index + array->array_step;
        return;
    }
    if (!array->array_done)
        array->array_done = mem_new(array_done_size(array));
    array->array_done[place / 8] |= (uint8_t)(1u << place % 8);
}

void array_take_all(struct array *array)
{
    array->array_next = (int64_t)array->array_last + array->array_step;
    array->todo = 0;
}
