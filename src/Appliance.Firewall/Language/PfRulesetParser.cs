namespace Appliance.Firewall.Language;

/// <summary>
/// Reads a FreeBSD pf.conf: parses, expands every list and spells out every default. No input throws and none is without bound
/// (<see cref="PfLimits" />); what the grammar does not know is an error with its place and what was expected there.
/// </summary>
public static class PfRulesetParser
{
    /// <summary>On a host with no interface but <c>lo0</c>, as <c>pf parse</c> sees it.</summary>
    public static PfParseResult Parse(string path, IRulesetFiles files) => Parse(path, files, new LoopbackAddresses());

    /// <param name="interfaces">The addresses of interfaces that are named without parentheses.</param>
    public static PfParseResult Parse(string path, IRulesetFiles files, IInterfaceAddresses interfaces)
    {
        var errors = new ErrorLog();
        var builder = new RulesetBuilder(errors);
        var parser = new StatementParser(files, interfaces, errors, builder);
        parser.ReadFile(path, new SourcePosition(path, 1, 1));
        return errors.Count > 0
            ? new PfParseResult(null, errors.ToImmutable())
            : new PfParseResult(builder.Build(parser.Options), []);
    }
}
