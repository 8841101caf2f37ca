/*
 * qstat_data.c - rows for programs: one line of name=value each (-F dsv), and the
 * XML document of TORQUE; see qstat_print.h.
 */
#include "qstat_print.h"

#include <string.h>

#include "utf8.h"

/* --- dsv --- */

/* The delimiter inside a value gets a backslash before it, as PBS has it. */
static void dsv_value(struct buf *out, const char *text, size_t length, const char *delimiter)
{
    size_t width = strlen(delimiter);

    for (size_t i = 0; i < length; i++) {
        if (length - i >= width && !memcmp(text + i, delimiter, width))
            buf_add_char(out, '\\');
        buf_add_char(out, text[i]);
    }
}

static void dsv_row(struct qstat_page *page, const char *name, const struct attrs *attrs)
{
    static const char *const heads[] = {
        [OF_JOB] = "Job Id", [OF_QUEUE] = "Queue", [OF_SERVER] = "Server"};
    struct buf *out = &page->out;

    buf_format(out, "%s: %s", heads[page->look.of], name);
    view_fill(&page->view, page->look.of, name, attrs, false);
    for (size_t i = 0; i < page->view.count; i++) {
        const struct view_item *item = &page->view.items[i];

        buf_clear(&page->value);
        view_print(&page->view, item, &page->value);
        buf_format(out, "%s%s=", page->look.delimiter, item->name);
        dsv_value(out, page->value.bytes, page->value.length, page->look.delimiter);
    }
    buf_add_char(out, '\n');
}

static void data_nothing(struct qstat_page *page)
{
    (void)page;
}

const struct qstat_printer qstat_dsv = {data_nothing, dsv_row, data_nothing};

/* --- XML --- */

/* What XML cannot hold becomes U+FFFD. */
static void xml_text(struct buf *out, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t code = 0;
        size_t size = utf8_character(text + at, length - at, &code);

        if (!size || code < 0x20 || code == 0x7f || code == 0xfffe || code == 0xffff)
            buf_add_text(out, "\xef\xbf\xbd");
        else if (code == '&')
            buf_add_text(out, "&amp;");
        else if (code == '<')
            buf_add_text(out, "&lt;");
        else if (code == '>')
            buf_add_text(out, "&gt;");
        else
            buf_add(out, text + at, size);
        at += size ? size : 1;
    }
}

static void xml_element(struct qstat_page *page, const char *name, const char *text, size_t length)
{
    buf_format(&page->out, "<%s>", name);
    xml_text(&page->out, text, length);
    buf_format(&page->out, "</%s>", name);
}

static size_t xml_prefix(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? (size_t)(dot - name) : 0;
}

/* Resource_List.mem and its like share one element, where the first of them stands. */
static void xml_group(struct qstat_page *page, size_t first, size_t prefix)
{
    const struct view *view = &page->view;
    const char *name = view->items[first].name;

    for (size_t i = 0; i < first; i++)
        if (xml_prefix(view->items[i].name) == prefix && !memcmp(view->items[i].name, name, prefix))
            return;
    buf_format(&page->out, "<%.*s>", (int)prefix, name);
    for (size_t i = first; i < view->count; i++) {
        const struct view_item *item = &view->items[i];

        if (xml_prefix(item->name) != prefix || memcmp(item->name, name, prefix))
            continue;
        buf_clear(&page->value);
        view_print(view, item, &page->value);
        xml_element(page, item->name + prefix + 1, page->value.bytes, page->value.length);
    }
    buf_format(&page->out, "</%.*s>", (int)prefix, name);
}

static void xml_row(struct qstat_page *page, const char *name, const struct attrs *attrs)
{
    static const char *const kinds[][2] = {[OF_JOB] = {"Job", "Job_Id"},
                                           [OF_QUEUE] = {"Queue", "name"},
                                           [OF_SERVER] = {"Server", "name"}};
    const char *const *kind = kinds[page->look.of];

    if (!page->begun)
        buf_add_text(&page->out, "<Data>");
    page->begun = true;
    buf_format(&page->out, "<%s>", kind[0]);
    xml_element(page, kind[1], name, strlen(name));
    view_fill(&page->view, page->look.of, name, attrs, false);
    for (size_t i = 0; i < page->view.count; i++) {
        const struct view_item *item = &page->view.items[i];
        size_t prefix = xml_prefix(item->name);

        if (prefix) {
            xml_group(page, i, prefix);
            continue;
        }
        buf_clear(&page->value);
        view_print(&page->view, item, &page->value);
        xml_element(page, item->name, page->value.bytes, page->value.length);
    }
    buf_format(&page->out, "</%s>", kind[0]);
}

static void xml_end(struct qstat_page *page)
{
    if (page->begun)
        buf_add_text(&page->out, "</Data>\n");
}

const struct qstat_printer qstat_xml = {data_nothing, xml_row, xml_end};
