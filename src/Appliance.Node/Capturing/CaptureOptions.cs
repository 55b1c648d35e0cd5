namespace Appliance.Node;

/// <summary>What is captured, and in how much memory.</summary>
public sealed record CaptureOptions
{
    /// <summary>The index of a logical port. Frames that come in by it and that leave by it.</summary>
    public required int Port { get; init; }

    /// <summary>Null: all.</summary>
    public FrameFilter? Filter { get; init; }

    /// <summary>Bytes kept of a frame.</summary>
    public int SnapLength { get; init; } = 262_144;

    /// <summary>Frames of one worker that may wait to be read; a power of two.</summary>
    public int Frames { get; init; } = 8192;

    /// <summary>Bytes of them.</summary>
    public int Bytes { get; init; } = 8 << 20;
}
