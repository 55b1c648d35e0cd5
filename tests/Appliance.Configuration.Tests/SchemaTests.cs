using System.Diagnostics;
using System.Text.Json;
using Appliance.Configuration.Keys;
using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>
/// The JSON Schema against the key tables of the code, both ways: keys, types, ranges, words, what is required, how many.
/// </summary>
public class SchemaTests(ITestOutputHelper output)
{
    private static readonly string SchemaPath = Path.Combine(RepositoryFiles.Configs, "appliance.schema.json");
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(SchemaPath)).RootElement;

    [Fact]
    public void The_schema_says_what_the_code_reads()
    {
        int keys = CheckSection(RootKeys.Section, Root);
        Assert.Equal(KeyIndex.Below(RootKeys.Section).Sum(section => section.Keys.Length), keys);
        output.WriteLine($"{keys} keys in {KeyIndex.Below(RootKeys.Section).Count()} sections agree");
    }

    [Fact]
    public void Every_definition_of_the_schema_is_used()
    {
        string text = File.ReadAllText(SchemaPath);
        Assert.All(Root.GetProperty("$defs").EnumerateObject(),
            definition => Assert.Contains($"\"#/$defs/{definition.Name}\"", text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_schema_accepts_the_examples_and_refuses_what_breaks_its_rules()
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), "there is no /usr/bin/python3");
        Assert.SkipUnless(Run(Python, "-c", "import jsonschema, yaml").Exit == 0, "python3-jsonschema and python3-yaml are not installed");
        string script = Path.Combine(RepositoryFiles.Root, "tests", "Appliance.Configuration.Tests", "validate.py");
        (int exit, string printed) = Run(Python, script, SchemaPath, RepositoryFiles.Configs, RepositoryFiles.Broken);
        output.WriteLine(printed);
        Assert.True(exit == 0, printed);
    }

    private static int CheckSection(Section section, JsonElement schema)
    {
        JsonElement properties = schema.GetProperty("properties");
        Assert.Equal("object", schema.GetProperty("type").GetString());
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal(section.Names, properties.EnumerateObject().Select(property => property.Name));
        Assert.Equal(section.Keys.Where(key => key.IsRequired).Select(key => key.Name), Strings(schema, "required"));
        return section.Keys.Length + section.Keys.Sum(key => CheckKey(key, Resolve(properties.GetProperty(key.Name))));
    }

    private static int CheckKey(Key key, JsonElement schema)
    {
        switch (key)
        {
            case ScalarKey scalar:
                CheckKind(scalar.Kind, schema);
                return 0;
            case ListKey { TakesOne: true } list:
                JsonElement[] either = [.. schema.GetProperty("anyOf").EnumerateArray().Select(Resolve)];
                Assert.Equal(2, either.Length);
                CheckKind(list.Kind, either[0]);
                CheckList(list, either[1]);
                return 0;
            case ListKey list:
                CheckList(list, schema);
                return 0;
            case SectionKey one:
                return CheckSection(one.Section, schema);
            case SectionListKey list:
                Assert.Equal(("array", list.MaximumItems),
                    (schema.GetProperty("type").GetString(), schema.GetProperty("maxItems").GetInt32()));
                return CheckSection(list.Section, Resolve(schema.GetProperty("items")));
            case NamedSectionsKey named:
                Assert.Equal((1, named.MaximumItems),
                    (schema.GetProperty("minProperties").GetInt32(), schema.GetProperty("maxProperties").GetInt32()));
                CheckKind(named.NameKind, Resolve(schema.GetProperty("propertyNames")));
                return CheckSection(named.Section, Resolve(schema.GetProperty("additionalProperties")));
            default:
                throw new InvalidOperationException($"no rule for {key.GetType()}");
        }
    }

    private static void CheckList(ListKey list, JsonElement schema)
    {
        Assert.Equal("array", schema.GetProperty("type").GetString());
        Assert.Equal(list.MaximumItems, schema.GetProperty("maxItems").GetInt32());
        Assert.Equal(list.IsNonEmpty, schema.TryGetProperty("minItems", out JsonElement least) && least.GetInt32() == 1);
        Assert.True(schema.GetProperty("uniqueItems").GetBoolean());
        CheckKind(list.Kind, Resolve(schema.GetProperty("items")));
    }

    private static void CheckKind(ValueKind kind, JsonElement schema)
    {
        switch (kind)
        {
            case NumberKind number:
                Assert.Equal("integer", schema.GetProperty("type").GetString());
                Assert.Equal((number.Minimum, number.Maximum),
                    (schema.GetProperty("minimum").GetInt32(), schema.GetProperty("maximum").GetInt32()));
                break;
            case PowerOfTwoKind power:
                Assert.Equal(power.Values, schema.GetProperty("enum").EnumerateArray().Select(value => value.GetInt32()));
                break;
            case SwitchKind:
                Assert.Equal([JsonValueKind.True, JsonValueKind.False],
                    schema.GetProperty("enum").EnumerateArray().Take(2).Select(value => value.ValueKind));
                Assert.Equal(kind.Words, schema.GetProperty("enum").EnumerateArray().Skip(2).Select(value => value.GetString()!));
                break;
            case { Words.IsEmpty: true }:
                Assert.Equal("string", schema.GetProperty("type").GetString());
                break;
            case not null when schema.TryGetProperty("anyOf", out JsonElement either):
                Assert.Equal(kind.Words, Strings(either[0], "enum"));
                Assert.Equal("string", Resolve(either[1]).GetProperty("type").GetString());
                break;
            default:
                Assert.Equal(kind!.Words, Strings(schema, "enum"));
                break;
        }
    }

    private static string[] Strings(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];

    private static JsonElement Resolve(JsonElement schema) => schema.TryGetProperty("$ref", out JsonElement reference)
        ? Resolve(Root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]))
        : schema;

    private static (int Exit, string Printed) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, printed + errors.GetAwaiter().GetResult());
    }
}
