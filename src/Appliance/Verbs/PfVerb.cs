using System.CommandLine;
using Appliance.Configuration;
using Appliance.Firewall.Language;

namespace Appliance.Verbs;

/// <summary><c>pf</c>: what concerns the language of rulesets, without an appliance.</summary>
internal static class PfVerb
{
    public static readonly string[] Examples = ["pf parse edge.pf.conf"];

    public static Command Build()
    {
        var file = new Argument<string?>("FILE") { Description = "The ruleset, a pf.conf.", Arity = ArgumentArity.ZeroOrOne };
        var parse = new Command("parse", "Parse a ruleset and print it normalized, one rule a line, the way 'pfctl -nvf FILE' prints it.")
        {
            file,
        };
        parse.Validators.Add(result =>
        {
            if (string.IsNullOrEmpty(result.GetValue(file))) result.AddError("expected FILE, the name of a ruleset");
        });
        parse.SetAction(parsed => Parse(parsed.GetRequiredValue(file)!));
        return new Command("pf", "Work on a ruleset.") { parse };
    }

    private static int Parse(string path)
    {
        PfParseResult result = PfRulesetParser.Parse(path, new RulesetFiles(""));
        if (result.Ruleset is not { } ruleset) throw new RefusedException([.. result.Errors.Select(error => error.ToString())]);
        using var output = new StreamWriter(Console.OpenStandardOutput());
        foreach (string line in ruleset.Lines)
            output.Write(line + '\n');
        return ExitCode.Done;
    }
}
