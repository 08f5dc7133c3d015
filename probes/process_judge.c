/* What it means that a program of the catalogue runs. No I/O. */
#include "process.h"

/* A tool that nobody has checked is worth less, whatever it does. */
static const char *judge_unchecked(enum ol_tool_role role,
                                   enum onlooker_stage stage)
{
	if (role > OL_TOOL_INPUT)
		return NULL;
	if (stage < ONLOOKER_STAGE_CONNECTED)
		return "process.unchecked";
	switch (role) {
	case OL_TOOL_SERVER:
		return "process.unchecked-session-helper";
	case OL_TOOL_RECORDER:
		return "process.unchecked-recording";
	default:
		return "process.unchecked";
	}
}

const char *ol_process_judge(const struct ol_run *run)
{
	const struct ol_tool *tool = run->process->tool;
	bool is_ours = run->tie == OL_TIE_OURS;
	enum onlooker_stage stage = run->process->stage;

	/* Another's screen: it is there, and that is all. */
	if (run->tie == OL_TIE_OTHER)
		stage = ONLOOKER_STAGE_PRESENT;
	if (tool->proof == OL_PROOF_NONE)
		return judge_unchecked(tool->role, stage);
	switch (tool->role) {
	case OL_TOOL_SERVER:
		if (stage >= ONLOOKER_STAGE_CONNECTED)
			return is_ours ? "process.session-helper"
			               : "process.likely-session-helper";
		return stage == ONLOOKER_STAGE_ARMED ? "process.server-ready"
		                                     : "process.server";
	case OL_TOOL_RECORDER:
		if (stage >= ONLOOKER_STAGE_CONNECTED)
			return is_ours ? "process.recording"
			               : "process.likely-recording";
		return "process.recorder";
	case OL_TOOL_MIRROR:
		return "process.mirror";
	case OL_TOOL_INPUT:
		return stage == ONLOOKER_STAGE_ARMED ? "process.input-taker"
		                                     : "process.input-tool";
	default:
		return NULL;
	}
}
