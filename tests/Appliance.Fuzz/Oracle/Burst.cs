namespace Appliance.Fuzz.Oracle;

/// <summary>The frames that enter in one breath, kept beside the ones that are in the appliance to compare with what comes out.</summary>
internal sealed class Burst
{
    public const int Capacity = 64;

    private readonly byte[] _bytes = new byte[Capacity * MaxFrameBytes];
    private readonly Input[] _inputs = new Input[Capacity];
    private int _end;

    /// <summary>The longest frame that any slot of a pool takes behind its headroom.</summary>
    public const int MaxFrameBytes = (68 << 10) - 128;

    public long Number { get; private set; }

    public int Count { get; private set; }

    /// <summary>What the first frame carries as its ordinal; the others count on.</summary>
    public long FirstOrdinal => (Number * Capacity) + 1;

    public Span<Input> Inputs => _inputs.AsSpan(0, Count);

    public ReadOnlySpan<byte> FrameOf(in Input input) => _bytes.AsSpan(input.Offset, input.Length);

    public ReadOnlySpan<byte> DatagramOf(in Input input) => FrameOf(input).Slice(input.Fate.NetworkOffset, input.Fate.DatagramLength);

    public void Begin(long number)
    {
        Number = number;
        Count = 0;
        _end = 0;
    }

    public ref Input Add(ReadOnlySpan<byte> frame, int port)
    {
        frame.CopyTo(_bytes.AsSpan(_end));
        ref Input input = ref _inputs[Count++];
        input = new Input { Offset = _end, Length = frame.Length, Port = port };
        _end += frame.Length;
        return ref input;
    }
}
