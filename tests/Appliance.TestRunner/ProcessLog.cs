using System.Text;

namespace Appliance.TestRunner;

/// <summary>The lines of two streams in the order they came. Late lines, of a child that outlived its parent, do no harm.</summary>
public sealed class ProcessLog
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    /// <param name="line">Null, the end of a stream, adds nothing.</param>
    public void Add(string? line)
    {
        if (line is null) return;
        lock (_gate) _text.Append(line).Append('\n');
    }

    public override string ToString()
    {
        lock (_gate) return _text.ToString();
    }
}
