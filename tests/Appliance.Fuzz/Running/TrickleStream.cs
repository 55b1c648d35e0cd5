namespace Appliance.Fuzz.Running;

/// <summary>A stream that gives few bytes at a time, as pipes do.</summary>
internal sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
{
    private int _reads;

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1 + (_reads++ % 7)));
}
