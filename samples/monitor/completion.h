#ifndef MONITOR_COMPLETION_H
#define MONITOR_COMPLETION_H

/* Print the completion of `onlooker` for a shell, from the tables. */
void completion_print_bash(void);
void completion_print_zsh(void);
void completion_print_fish(void);

#endif
