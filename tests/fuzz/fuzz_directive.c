/*
 * fuzz_directive.c - any bytes as a script: the scan must end, within its memory.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "directive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A word never has more bytes than the text that it was taken from. */
static void check(const struct directives *directives)
{
    for (size_t i = 0; i < directives->count; i++) {
        size_t total = 0;

        for (int word = 0; word < directives->list[i].count; word++)
            total += strlen(directives->list[i].words[word]);
        assert(total <= strlen(directives->list[i].text));
        assert(!directives->list[i].words[directives->list[i].count]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const prefixes[] = {"#PBS", "#Q", "REM"};
    struct directives directives;
    struct nqs_err err;

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (directives_scan((const char *)data, size, prefixes[i], &directives, &err))
            continue;
        check(&directives);
        directives_done(&directives);
    }
    if (!directives_scan_nqs((const char *)data, size, &directives, &err)) {
        check(&directives);
        directives_done(&directives);
    }
    return 0;
}
