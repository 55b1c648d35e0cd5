using System.Text;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Text;

/// <summary>The line being written, bounded in length and nesting. What does not fit is dropped, and the line ends in <c>...</c>.</summary>
internal sealed class TextLine(FrameTextDetail detail)
{
    public const string Truncated = "[truncated]";

    private const string Ellipsis = "...";

    private readonly StringBuilder _text = new();
    private int _nesting;

    public bool Shows(FrameTextDetail part) => (detail & part) != FrameTextDetail.None;

    public TextLine Add(string text)
    {
        int room = FrameText.MaxCharacters - _text.Length;
        if (room >= text.Length) _text.Append(text);
        else if (room > 0) _text.Append(text, 0, room).Remove(FrameText.MaxCharacters - Ellipsis.Length, Ellipsis.Length).Append(Ellipsis);
        return this;
    }

    public TextLine AddIf(bool condition, string text) => condition ? Add(text) : this;

    /// <summary>Both ends, as tcpdump writes them: the port behind a full stop.</summary>
    public TextLine AddEndpoints(IpAddress source, ushort sourcePort, IpAddress destination, ushort destinationPort) =>
        Add($"{source}.{sourcePort} > {destination}.{destinationPort}: ");

    public TextLine AddEndpoints(IpAddress source, IpAddress destination) => Add($"{source} > {destination}: ");

    /// <summary>Called before each datagram or frame within another; false, and said so, when that is too deep.</summary>
    public bool TryNest()
    {
        if (_nesting == FrameText.MaxNesting)
        {
            Add("[nested too deep]");
            return false;
        }

        _nesting++;
        return true;
    }

    public override string ToString() => _text.ToString();
}
