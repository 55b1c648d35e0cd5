namespace Appliance.Configuration.Yaml;

/// <summary>The lines of a text without their breaks (CR LF, CR or LF); a text that ends in a break has an empty last line.</summary>
internal ref struct LineSplitter(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;
    private bool _ended;

    public ReadOnlySpan<char> Current { get; private set; }

    public readonly LineSplitter GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_ended) return false;
        int end = _rest.IndexOfAny('\r', '\n');
        _ended = end < 0;
        Current = _ended ? _rest : _rest[..end];
        if (_ended) return true;
        bool isPair = _rest[end] == '\r' && end + 1 < _rest.Length && _rest[end + 1] == '\n';
        _rest = _rest[(end + (isPair ? 2 : 1))..];
        return true;
    }
}
