using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// The seal as two programs of three and six instructions at the traffic control hooks of the device, each held by a link (tcx, Linux
/// 6.6): when the link's descriptor is closed the kernel takes the program away. It costs a frame a few nanoseconds, nftables' hooks 200.
/// </summary>
internal sealed unsafe class TrafficControlSeal : IDisposable
{
    private const int LoadProgram = 5, CreateLink = 28;                 // BPF_PROG_LOAD, BPF_LINK_CREATE
    private const int Classifier = 3;                                   // BPF_PROG_TYPE_SCHED_CLS
    private const int Ingress = 46, Egress = 47;                        // BPF_TCX_INGRESS, BPF_TCX_EGRESS
    private const int AheadOfOthers = 8;                                // BPF_F_BEFORE
    private const int AttributeBytes = 128;

    private const int Next = -1, Drop = 2;                              // TCX_NEXT, TCX_DROP
    private const byte Move = 0xb7, LoadWord = 0x61, JumpIfEqual = 0x15, Exit = 0x95;
    private const byte Result = 0, Packet = 1;                          // registers
    private const short MarkOffset = 8;                                 // in struct __sk_buff

    private readonly Descriptor _arriving;
    private readonly Descriptor _leaving;

    private TrafficControlSeal(Descriptor arriving, Descriptor leaving) => (_arriving, _leaving) = (arriving, leaving);

    /// <summary>Null: the kernel is older, or does not allow it.</summary>
    public static TrafficControlSeal? TryClose(int device)
    {
        Instruction[] dropAll = [new(Move, Result, 0, Drop), new(Exit)];
        Instruction[] dropUnmarked =
        [
            new(LoadWord, Result | (Packet << 4), MarkOffset),
            new(JumpIfEqual, Result, 2, (int)Sockets.Mark),
            new(Move, Result, 0, Drop),
            new(Exit),
            new(Move, Result, 0, Next),
            new(Exit),
        ];
        try
        {
            Descriptor leaving = Attach(dropUnmarked, device, Egress);
            try
            {
                return new TrafficControlSeal(Attach(dropAll, device, Ingress), leaving);
            }
            catch (SystemCallException)
            {
                leaving.Dispose();
                return null;
            }
        }
        catch (SystemCallException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _arriving.Dispose();
        _leaving.Dispose();
    }

    /// <summary>struct bpf_insn.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(byte Code, byte Registers = 0, short Offset = 0, int Immediate = 0);

    /// <summary>Answers the link, which holds the program.</summary>
    private static Descriptor Attach(Instruction[] code, int device, int hook)
    {
        byte* attributes = stackalloc byte[AttributeBytes];
        new Span<byte>(attributes, AttributeBytes).Clear();
        fixed (Instruction* instructions = code)
        fixed (byte* licence = "\0"u8)                  // it calls nothing that asks for one
        {
            ((int*)attributes)[0] = Classifier;
            ((int*)attributes)[1] = code.Length;
            ((void**)attributes)[1] = instructions;
            ((void**)attributes)[2] = licence;
            using Descriptor program = Descriptor.Of(Libc.Bpf(LoadProgram, attributes, AttributeBytes), "bpf BPF_PROG_LOAD", "seal");
            new Span<byte>(attributes, AttributeBytes).Clear();
            ((int*)attributes)[0] = program.Number;
            ((int*)attributes)[1] = device;
            ((int*)attributes)[2] = hook;
            ((int*)attributes)[3] = AheadOfOthers;
            return Descriptor.Of(Libc.Bpf(CreateLink, attributes, AttributeBytes), "bpf BPF_LINK_CREATE", "seal");
        }
    }
}
