using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <content>Tables.</content>
internal sealed partial class StatementParser
{
    private void TableStatement()
    {
        SourcePosition position = _tokens.Take().Position;
        _tokens.Expect('<', "before the table's name");
        var table = new PfTable(position, TableName());
        _tokens.Expect('>', "behind the table's name");
        while (!_tokens.HasFailed && !_tokens.Current.EndsStatement && !_tokens.Current.Is('}'))
            table = TableOption(table);
        if (CanEnd()) _builder.Add(table);
    }

    private PfTable TableOption(PfTable table)
    {
        Token token = _tokens.Current;
        if (token.Is('{')) return table with { Entries = [.. table.Entries, .. TableEntries()], HasContents = true };
        _tokens.Take();
        switch (token.Text)
        {
            case "const": return table with { Const = true };
            case "persist": return table with { Persist = true };
            case "counters": return table with { Counters = true };
            case "file":
                return table with { Entries = table.Entries.Add(TableFileEntry()), HasContents = true };
            default:
                _tokens.Fail(token.Position,
                    $"invalid table option {token.Shown}: expected const, persist, counters, file or addresses in braces");
                return table;
        }
    }

    /// <summary>The file is read through, so that what is wrong with it is told now; what it holds is not kept.</summary>
    private PfTableEntry TableFileEntry()
    {
        Token name = _tokens.TakeString("the name of a file");
        if (_tokens.HasFailed) return new PfTableEntry(null, "");
        string path = _files.Resolve(_path, name.Text);
        if (++_filesRead > PfLimits.Files) _tokens.Fail(name.Position, $"more than {PfLimits.Files} files are read");
        else if (!_files.TryRead(path, out string text, out string reason))
            _tokens.Fail(name.Position, $"cannot load \"{name.Text}\": {reason}");
        else if (TableFile.Read(path, text, _interfaces, _ => { }) is { } error)
            _tokens.Fail(error.Position, $"file \"{name.Text}\" contains bad data: {error.Message}");
        return new PfTableEntry(null, name.Text) { Path = path };
    }

    private IEnumerable<PfTableEntry> TableEntries()
    {
        if (_tokens.Following.Is('}'))
        {
            _tokens.Take();
            _tokens.Take();
            return [];
        }

        ImmutableArray<PfHost> hosts = _tokens.TakeList<PfHost>(items =>
        {
            int before = items.Count;
            if (_tokens.Current.Is('}')) return;
            if (!_tokens.TryTake("any")) HostItem(items);
            if (items.Count > before) CheckEntry(items[^1]);
        });
        return hosts.Select(host => new PfTableEntry(host, null));
    }

    private void CheckEntry(PfHost host)
    {
        string? wrong = host.Kind switch
        {
            HostKind.Range => "address ranges are not permitted inside tables",
            HostKind.Interface => "dynamic addresses are not permitted inside tables",
            HostKind.Table => "tables cannot contain tables",
            HostKind.NoRoute => "\"no-route\" is not permitted inside tables",
            HostKind.UrpfFailed => "\"urpf-failed\" is not permitted inside tables",
            _ => null,
        };
        if (wrong is not null) _tokens.Fail(host.Position, wrong);
    }
}
