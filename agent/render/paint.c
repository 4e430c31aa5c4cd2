#include "render/paint.h"

#include "base/mem.h"

/* Severities differ in lightness too, not in hue alone, so that they are told apart without
 * colour vision; text has a contrast of 4.5 or more against paper and canvas (WCAG 1.4.3). */
static const struct {
	const char *light, *dark;
} colour[] = {
    [PAINT_NONE] = {"#000000", "#000000"},
    [PAINT_PAPER] = {"#ffffff", "#16191d"},
    [PAINT_CANVAS] = {"#fbfbfc", "#1b1f24"},
    [PAINT_GRID] = {"#dfe3e8", "#343a42"},
    [PAINT_STRIPE] = {"#f0f2f5", "#22272e"},
    [PAINT_TEXT] = {"#1f2328", "#e6e9ed"},
    [PAINT_FAINT] = {"#5a636e", "#a3adb8"},
    [PAINT_SENT] = {"#86b6dd", "#3f78ac"},
    [PAINT_DEFERRED] = {"#f0b43c", "#c98d12"},
    [PAINT_BOUNCED] = {"#d1491b", "#ef6b3c"},
    [PAINT_MEAN] = {"#30363d", "#d0d6dd"},
    [PAINT_LIMIT] = {"#b3122b", "#ff6b7d"},
    [PAINT_PLAN] = {"#1a7f4b", "#4cc38a"},
    [PAINT_CRITICAL] = {"#a00d28", "#ff5c74"},
    [PAINT_MAJOR] = {"#dd5a14", "#e58339"},
    [PAINT_MINOR] = {"#e8b730", "#b08a1c"},
    [PAINT_INFO] = {"#8fb3c9", "#4f7890"},
    [PAINT_BLOCK] = {"#7b3fa0", "#b98ae0"},
    [PAINT_EVENT] = {"#1f2328", "#e6e9ed"},
    [PAINT_BLIND] = {"#a9b1ba", "#6b747e"},
    [PAINT_GOOD] = {"#7cc29b", "#2f7d54"},
    [PAINT_NEUTRAL] = {"#f0cf6b", "#a78520"},
    [PAINT_POOR] = {"#b8203a", "#ef5168"},
    [PAINT_UNKNOWN] = {"#c3c9d0", "#4b535c"},
    [PAINT_FIRST_OF_MANY] = {"#4e79a7", "#5b8cc0"},
    [PAINT_FIRST_OF_MANY + 1] = {"#f28e2b", "#f5a04e"},
    [PAINT_FIRST_OF_MANY + 2] = {"#59a14f", "#6bb661"},
    [PAINT_FIRST_OF_MANY + 3] = {"#b07aa1", "#c592b7"},
    [PAINT_FIRST_OF_MANY + 4] = {"#edc948", "#d8b63a"},
    [PAINT_FIRST_OF_MANY + 5] = {"#76b7b2", "#7fc4bf"},
    [PAINT_FIRST_OF_MANY + 6] = {"#9c755f", "#b08a74"},
    [PAINT_LAST_OF_MANY] = {"#bab0ac", "#8d8581"},
};
_Static_assert(COUNT_OF(colour) == PAINT_COUNT, "two colours for each paint");

const char *paint_colour(enum paint paint, bool is_dark)
{
	return is_dark ? colour[paint].dark : colour[paint].light;
}
