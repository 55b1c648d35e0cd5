using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>
/// Reads statements by recursive descent, one part of the grammar a file, and hands each to the builder as soon as it is whole. A
/// statement with an error is skipped and the next one read.
/// </summary>
internal sealed partial class StatementParser
{
    private const string Statements = "a statement: a macro, include, set, table, antispoof, scrub, nat, rdr, binat, anchor, load, "
        + "pass, block or match";

    private readonly ErrorLog _errors;
    private readonly IRulesetFiles _files;
    private readonly IInterfaceAddresses _interfaces;
    private readonly HostNames _hostNames;
    private readonly RulesetBuilder _builder;
    private readonly Macros _macros = new();
    private readonly RunningOptions _running = new();
    private TokenReader _tokens = null!;
    private string _path = "";
    private int _includeDepth;
    private int _filesRead;
    private int _anchorDepth;

    public StatementParser(IRulesetFiles files, IInterfaceAddresses interfaces, ErrorLog errors, RulesetBuilder builder)
    {
        (_files, _interfaces, _errors, _builder) = (files, interfaces, errors, builder);
        _hostNames = new HostNames(interfaces);
    }

    public PfOptions Options => _running.Options;

    /// <summary>Reads a whole file, and what it includes.</summary>
    /// <param name="mention">Where the file is named, for the message when it cannot be read.</param>
    public void ReadFile(string path, SourcePosition mention)
    {
        if (_includeDepth >= PfLimits.IncludeDepth)
        {
            _errors.Add(mention, $"failed to include file {path}: files include one another more than {PfLimits.IncludeDepth} deep");
            return;
        }

        if (++_filesRead > PfLimits.Files)
        {
            _errors.Add(mention, $"failed to include file {path}: more than {PfLimits.Files} files are included");
            return;
        }

        if (!_files.TryRead(path, out string text, out string reason))
        {
            _errors.Add(mention, $"cannot read {path}: {reason}");
            return;
        }

        (TokenReader outerTokens, string outerPath) = (_tokens, _path);
        (_tokens, _path) = (new TokenReader(new Lexer(path, text, _macros), _errors), path);
        _includeDepth++;
        ReadStatements();
        _includeDepth--;
        (_tokens, _path) = (outerTokens, outerPath);
    }

    private void ReadStatements()
    {
        while (_tokens.Current.Kind != TokenKind.End || _tokens.HasFailed)
        {
            if (_errors.IsFull) return;
            ReadStatement();
        }
    }

    /// <summary>One statement with the end of its line, or an empty line.</summary>
    private void ReadStatement()
    {
        _tokens.BeginStatement();
        if (_tokens.Current.Kind == TokenKind.NewLine)
        {
            _tokens.Take();
            return;
        }

        Statement();
        if (!_tokens.HasFailed && !_tokens.Current.EndsStatement && !_tokens.Current.Is('}'))
            _tokens.FailExpecting("the end of the statement");
        else if (!_tokens.HasFailed && _tokens.Current.Is('}') && _anchorDepth == 0)
            _tokens.FailExpecting("the end of the statement");
        if (_tokens.HasFailed) _tokens.Recover();
        else if (_tokens.Current.Kind == TokenKind.NewLine) _tokens.Take();
    }

    private void Statement()
    {
        Token first = _tokens.Current;
        if (first.Kind == TokenKind.Quoted || first.IsString) StringStatement(first);
        else if (first.Kind == TokenKind.Word) KeywordStatement(first);
        else _tokens.FailExpecting(Statements);
    }

    private void KeywordStatement(Token first)
    {
        switch (first.Text)
        {
            case "include": IncludeStatement(); break;
            case "set": SetStatement(); break;
            case "table": TableStatement(); break;
            case "antispoof": AntispoofStatement(); break;
            case "scrub": ScrubStatement(); break;
            case "nat" or "rdr": TranslationStatement(); break;
            case "binat": BinatStatement(); break;
            case "no": NoStatement(); break;
            case "anchor": AnchorStatement(); break;
            case "nat-anchor" or "rdr-anchor" or "binat-anchor": TranslationAnchorStatement(); break;
            case "load": LoadStatement(); break;
            case "pass" or "block" or "match": FilterStatement(); break;
            case "ether": EtherStatement(); break;
            case "altq": AltqStatement(); break;
            case "queue": QueueStatement(); break;
            case "state": LimiterStatement("state"); break;
            default: _tokens.FailExpecting(Statements); break;
        }
    }

    private void StringStatement(Token first)
    {
        if (first.Is("source") && _tokens.Following.Is("limiter")) LimiterStatement("source");
        else if (_tokens.Following.Is('=')) MacroStatement();
        else _tokens.FailExpecting(Statements);
    }

    /// <summary><c>no</c> before scrub, nat, rdr or binat.</summary>
    private void NoStatement()
    {
        switch (_tokens.Following.Text)
        {
            case "scrub": ScrubStatement(); break;
            case "nat" or "rdr": TranslationStatement(); break;
            case "binat": BinatStatement(); break;
            default:
                _tokens.Take();
                _tokens.FailExpecting("'scrub', 'nat', 'rdr' or 'binat' behind 'no'");
                break;
        }
    }

    private void MacroStatement()
    {
        Token name = _tokens.Take();
        _tokens.Take();
        var value = new System.Text.StringBuilder(_tokens.TakeText("the macro's value").Text);
        while (_tokens.Current.IsString || _tokens.Current.Kind == TokenKind.Number)
        {
            value.Append(' ').Append(_tokens.Take().Text);
            if (value.Length > PfLimits.MacroValue)
                _tokens.Fail(name.Position, $"the value of macro '{name.Text}' is longer than {PfLimits.MacroValue} characters");
        }

        if (name.Text.Any(char.IsWhiteSpace)) _tokens.Fail(name.Position, "macro name cannot contain whitespace");
        if (!CanEnd()) return;
        _macros.Set(name.Text, value.ToString());
        _builder.AddLine($"{name.Text} = \"{value}\"");
    }

    private void IncludeStatement()
    {
        _tokens.Take();
        Token name = _tokens.TakeString("the name of a file");
        if (CanEnd()) ReadFile(_files.Resolve(_path, name.Text), name.Position);
    }

    private void LoadStatement()
    {
        SourcePosition position = _tokens.Take().Position;
        _tokens.Expect("anchor", "behind 'load'");
        string name = _tokens.TakeStrings("the anchor's name");
        _tokens.Expect("from", "and a file");
        string file = _tokens.TakeStrings("the name of a file");
        if (CanEnd()) _builder.Add(new LoadAnchor(position, name, _files.Resolve(_path, file)));
    }

    /// <summary>Whether the statement is whole: nothing failed, and nothing stands behind it that it does not know.</summary>
    private bool CanEnd() => !_tokens.HasFailed && (_tokens.Current.EndsStatement || (_tokens.Current.Is('}') && _anchorDepth > 0));

    /// <summary>Checks the order of statements.</summary>
    private void Order(StatementOrder order, SourcePosition position)
    {
        if (!_tokens.HasFailed && !_running.TryAdvance(order))
        {
            _tokens.Fail(position,
                "Rules must be in order: options, ethernet, normalization, queueing, translation, filtering");
        }
    }

    private static ImmutableArray<T> Single<T>(T value) => [value];
}
