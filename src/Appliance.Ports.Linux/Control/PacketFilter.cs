using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// A classic BPF program that is being written: instructions whose jumps go forward to labels, which are set once. Labels are numbers from
/// <see cref="NewLabel"/>.
/// </summary>
internal sealed unsafe class PacketFilter
{
    public const ushort LoadHalf = 0x28, LoadByteIndexed = 0x50, LoadLength = 0x80, LoadIndex = 0x01;
    public const ushort SubtractIndex = 0x1c, Jump = 0x05, JumpEqual = 0x15, JumpAtLeast = 0x35, Return = 0x06;

    private const int Fall = -1;

    private readonly List<(ushort Code, uint Operand, int True, int False)> _instructions = [];
    private readonly List<int> _labels = [];

    [StructLayout(LayoutKind.Sequential)]
    private struct Instruction                          // struct sock_filter
    {
        public ushort Code;
        public byte True;
        public byte False;
        public uint Operand;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Program                              // struct sock_fprog
    {
        public ushort Length;
        public Instruction* Instructions;
    }

    public int NewLabel()
    {
        _labels.Add(Fall);
        return _labels.Count - 1;
    }

    /// <summary>The next instruction is where jumps to a label go.</summary>
    public void Set(int label) => _labels[label] = _instructions.Count;

    public void Do(ushort code, uint operand) => _instructions.Add((code, operand, Fall, Fall));

    public void Go(int label) => _instructions.Add((Jump, 0, label, Fall));

    public void If(ushort comparison, uint operand, int then) => _instructions.Add((comparison, operand, then, Fall));

    public void Unless(ushort comparison, uint operand, int then) => _instructions.Add((comparison, operand, Fall, then));

    /// <summary>From now on the socket takes what the program returns other than 0 for.</summary>
    public void AttachTo(Descriptor socket, string subject)
    {
        Instruction[] code = [.. _instructions.Select(Assemble)];
        fixed (Instruction* pinned = code)
        {
            var program = new Program { Length = (ushort)code.Length, Instructions = pinned };
            Sockets.Set(socket, Sockets.Level, Sockets.AttachFilter, &program, sizeof(Program), "SO_ATTACH_FILTER", subject);
        }
    }

    /// <summary>Nothing passes: what a socket has until it is ready.</summary>
    public static PacketFilter Nothing()
    {
        var filter = new PacketFilter();
        filter.Do(Return, 0);
        return filter;
    }

    private Instruction Assemble((ushort Code, uint Operand, int True, int False) instruction, int at)
    {
        if (instruction.Code == Jump) return new Instruction { Code = Jump, Operand = (uint)(_labels[instruction.True] - at - 1) };
        return new Instruction
        {
            Code = instruction.Code,
            Operand = instruction.Operand,
            True = Distance(instruction.True, at),
            False = Distance(instruction.False, at),
        };
    }

    private byte Distance(int label, int at) => label == Fall ? (byte)0 : checked((byte)(_labels[label] - at - 1));
}
