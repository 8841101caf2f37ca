/*
 * gate.h - who waits for whom: an index from a request to those that depend on it.
 *
 * Private to daemon/core.  The truth is the text of a row's `depend`; each id in
 * it stands here as a gate.  What is met is taken out of the text, so a gate that
 * is here is shut.
 */
#ifndef NQS_CORE_GATE_H
#define NQS_CORE_GATE_H

#include "depend.h"
#include "outbox.h"
#include "tree.h"

struct gate {
    struct tree_node node;
    struct job_key of;    /* the request that is waited for */
    struct job_key waits; /* the one that waits */
    enum depend_type type;
};

/* An empty index, and the end of one: by `of`, then `waits`, then type. */
void gates_init(struct tree *gates);
void gates_done(struct tree *gates);

/* Put the gates that TEXT shuts for WAITS into the index, and take them out again. */
void gates_put(struct tree *gates, struct job_key waits, const char *text);
void gates_take(struct tree *gates, struct job_key waits, const char *text);

/* The first gate behind PROBE in the index's order, or NULL; type -1: before all of its pair. */
struct gate *gates_after(const struct tree *gates, const struct gate *probe);

/* Is the gate of these three in the index? */
bool gates_have(const struct tree *gates, struct job_key of, struct job_key waits,
                enum depend_type type);

#endif
