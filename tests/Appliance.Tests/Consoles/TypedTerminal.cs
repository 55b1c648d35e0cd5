using Appliance.Consoles;

namespace Appliance.Tests.Consoles;

/// <summary>A terminal at which lines have been typed beforehand.</summary>
internal sealed class TypedTerminal(params string[] typed) : ITerminal
{
    private readonly Queue<string> _typed = new(typed);

    public List<string> Shown { get; } = [];

    public void Line(string text) => Shown.Add(text);

    public string? Ask(string prompt) => _typed.TryDequeue(out string? line) ? line : null;

    public string? AskHidden(string prompt) => Ask(prompt);
}
