using System.CommandLine;
using System.CommandLine.Help;
using Appliance.Configuration;
using Appliance.Management;
using Appliance.Ports.Linux;
using Appliance.Verbs;

namespace Appliance;

/// <summary>The command line: <c>appliance VERB</c>. Errors go to standard error, one line each.</summary>
internal static class Program
{
    // An argument is what it is: '@x' is a name, not a file of further arguments, and '-ab' no pair of options.
    private static readonly ParserConfiguration Literal = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    private static readonly Dictionary<string, string[]> Examples = new(StringComparer.Ordinal)
    {
        ["run"] = RunVerb.Examples,
        ["check"] = CheckVerb.Examples,
        ["replay"] = ReplayVerb.Examples,
        ["trace"] = TraceVerb.Examples,
        ["test"] = TestVerb.Examples,
        ["pf"] = PfVerb.Examples,
        ["parse"] = PfVerb.Examples,
        ["show"] = ShowVerb.Examples,
        ["config"] = ConfigVerb.Examples,
        ["states"] = StatesVerb.Examples,
        ["carp"] = CarpVerb.Examples,
        ["table"] = TableVerb.Examples,
        ["capture"] = CaptureVerb.Examples,
        ["drill"] = DrillVerb.Examples,
        ["console"] = ConsoleVerb.Examples,
        ["first-boot"] = FirstBootVerb.Examples,
    };

    private static int Main(string[] arguments)
    {
        NamedFile.IsSpecial = SpecialFile.IsOne;
        return Run(arguments);
    }

    private static int Run(string[] arguments)
    {
        RootCommand root = BuildRoot();
        ParseResult parsed = root.Parse(arguments, Literal);
        try
        {
            if (parsed.Errors.Count > 0) throw new RefusedException([.. Faults(root, parsed)]);
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (RefusedException refused)
        {
            foreach (string line in refused.Lines)
                ErrorOutput.Print(line);
            return ExitCode.Refused;
        }
        catch (NoApplianceException unreachable)
        {
            ErrorOutput.Print($"appliance: {unreachable.Message}");
            return ExitCode.Unreachable;
        }
        catch (FailedException failed)
        {
            ErrorOutput.Print(failed.Message);
            return ExitCode.Failed;
        }
        catch (SystemCallException refusal)
        {
            ErrorOutput.Print($"appliance: {refusal.Message}{Rights.Wanted(refusal)}");
            return ExitCode.Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            ErrorOutput.Print($"appliance: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private static RootCommand BuildRoot()
    {
        var root = new RootCommand("A packet-processing virtual network appliance.")
        {
            RunVerb.Build(),
            CheckVerb.Build(),
            ReplayVerb.Build(),
            TraceVerb.Build(),
            TestVerb.Build(),
            PfVerb.Build(),
            ShowVerb.Build(),
            ConfigVerb.Build(),
            StatesVerb.Build(),
            CarpVerb.Build(),
            TableVerb.Build(),
            CaptureVerb.Build(),
            DrillVerb.Build(),
            ConsoleVerb.Build(Run),
            FirstBootVerb.Build(),
            BenchVerb.Build(),
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
        root.Directives.Clear();                                        // nothing in brackets has a meaning
        return root;
    }

    /// <summary>What is wrong with the command line, each fault once.</summary>
    private static IEnumerable<string> Faults(RootCommand root, ParseResult parsed)
    {
        Command verb = parsed.CommandResult.Command;
        if (verb != root)
        {
            string name = NameOf(verb, root);
            if (verb.Subcommands.Count > 0)
            {
                string found = parsed.UnmatchedTokens is [var word, ..] ? $", found '{word}'" : "";
                return [$"appliance {name}: expected one of {string.Join(", ", verb.Subcommands.Select(command => command.Name))}{found}"];
            }

            return FaultsOf(verb, parsed).Select(fault => $"appliance {name}: {fault}").Distinct(StringComparer.Ordinal);
        }

        string verbs = string.Join(", ", root.Subcommands.Select(command => command.Name));
        return parsed.UnmatchedTokens.Count > 0
            ? [$"appliance: there is no verb '{parsed.UnmatchedTokens[0]}'; the verbs are {verbs} (appliance --help says more)"]
            : [$"appliance: expected a verb, one of {verbs} (appliance --help says more)"];
    }

    /// <summary>A verb's name as it is typed: <c>pf parse</c>.</summary>
    private static string NameOf(Command verb, RootCommand root) =>
        string.Join(' ', verb.Parents.OfType<Command>().Where(parent => parent != root).Append(verb).Select(command => command.Name));

    /// <summary>A file that stands alone where <c>--config</c> is missing is one fault, not two.</summary>
    private static IEnumerable<string> FaultsOf(Command verb, ParseResult parsed)
    {
        IEnumerable<string> faults = parsed.Errors.Select(error => error.Message);
        bool isConfigMissing = verb.Options.Any(option => option is { Name: CommonOptions.ConfigName, Required: true })
            && parsed.GetResult(CommonOptions.ConfigName) is null or { Tokens.Count: 0 };
        if (!isConfigMissing || parsed.UnmatchedTokens is not [var alone, ..] || alone.StartsWith('-')) return faults;
        return faults
            .Where(fault => !fault.Contains($"'{alone}'", StringComparison.Ordinal)
                && !fault.Contains($"'{CommonOptions.ConfigName}'", StringComparison.Ordinal))
            .Prepend($"expected --config before '{alone}'");
    }
}
