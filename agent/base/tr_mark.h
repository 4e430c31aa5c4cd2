#ifndef BASE_TR_MARK_H
#define BASE_TR_MARK_H

/* Marks for those who translate (po/): `make po-update` finds sentences by them. They change
 * nothing, so that sentences stay where they are made, whatever their layer. */

/* Goes through tr() later: a row of a table. */
#define TR_LATER(english) english

/* Is said in English, with its places filled in, and may be kept so; who shows it to people in
 * another language finds the sentence again and says that one instead (render/retell.h). So a
 * sentence is one literal, with its places, and not put together of fragments. */
#define SAID(english) english

#endif
