/* fault_scene.h - a scene whose store can be made to fail. */
#ifndef TESTS_STORE_FAULT_SCENE_H
#define TESTS_STORE_FAULT_SCENE_H

#include "tests/store/fault_vfs.h"
#include "tests/store/support.h"

/* It begins and ends without a fault. */
UNUSED static int fault_set_up(void **state)
{
	fault_install();
	fault_set(FAULT_NONE, 0, 0);
	return scene_set_up(state);
}

UNUSED static int fault_tear_down(void **state)
{
	fault_set(FAULT_NONE, 0, 0);
	return scene_tear_down(state);
}

#endif
