/*
 * field_rows.h - the rows of attributes.def, each given to the macro of its owner.
 *
 * Included where a table of fields is made, so no guard: the includer defines
 * FIELD_JOB_HOT, FIELD_JOB_ARRAY, FIELD_QUEUE_HOT and FIELD_SERVER_HOT, which
 * are undefined here again.
 */
#ifndef FIELD_COMPLEX_HOT
#define FIELD_COMPLEX_HOT(id, member, type)
#endif
#define FIELD_JOB_COLD(id, member, type)
#define FIELD_JOB_MADE(id, member, type)
#define FIELD_QUEUE_MADE(id, member, type)
#define FIELD_SERVER_MADE(id, member, type)
#define FIELD_CALL_MADE(id, member, type)
#define A(id, member, shown, type, of, def, min, max, heat, setter, alter, text) \
    FIELD_##of##_##heat(id, member, type)
#include "attributes.def"
#undef A
#undef FIELD_JOB_COLD
#undef FIELD_JOB_MADE
#undef FIELD_QUEUE_MADE
#undef FIELD_SERVER_MADE
#undef FIELD_CALL_MADE
#undef FIELD_JOB_HOT
#undef FIELD_JOB_ARRAY
#undef FIELD_QUEUE_HOT
#undef FIELD_SERVER_HOT
#undef FIELD_COMPLEX_HOT
