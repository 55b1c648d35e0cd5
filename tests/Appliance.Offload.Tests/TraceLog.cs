using Appliance.Engine;

namespace Appliance.Offload.Tests;

internal sealed class TraceLog : IPathTrace
{
    public List<string> Explained { get; } = [];

    public void Explain(Frame frame, string detail) => Explained.Add(detail);

    public void Behind(string stage, Frame frame)
    {
    }
}
