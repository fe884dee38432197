// Tools of delegates and methods: what the model is told, and what it is answered.
using System.Text.Json.Nodes;
using NUnit.Framework;
using Said = System.ComponentModel.DescriptionAttribute;

namespace Llm.Tests.Tools;

public enum Scale
{
    Celsius,
    Fahrenheit,
}

/// <summary>A place on earth.</summary>
/// <param name="City">The city's name.</param>
/// <param name="Country">The country's code.</param>
public sealed record Place(string City, string? Country = null);

public sealed class Library
{
    public string Find(string isbn) => $"book {isbn}";
}

public sealed class ToolTests
{
    /// <summary>The weather in a city.</summary>
    /// <param name="city">The city's name.</param>
    /// <param name="days">How many days ahead.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="token">Cancels.</param>
    private static async Task<string> GetWeather(string city, int days = 3, Scale scale = Scale.Celsius, CancellationToken token = default)
    {
        await Task.Delay(1, token);
        return $"{city} {days} {scale}";
    }

    [Said("Adds.")]
    private int Add([Said("The one.")] int first, [Said("The other.")] int second) => first + second;

    private static void Fail() => throw new InvalidOperationException("The oven is cold.");

    [Test]
    public async Task A_method_gives_its_name_its_comments_and_its_defaults()
    {
        Tool tool = Tool.Create(GetWeather);
        JsonNode schema = JsonNode.Parse(tool.Parameters)!;

        Assert.That(tool.Name, Is.EqualTo("GetWeather"));
        Assert.That(tool.Description, Is.EqualTo("The weather in a city."));
        Assert.That(Names(schema), Is.EqualTo(new[] { "city", "days", "scale" }));
        Assert.That(schema["required"]!.ToJsonString(), Is.EqualTo("""["city"]"""));
        Assert.That((string?)schema["properties"]!["days"]!["description"], Is.EqualTo("How many days ahead."));
        Assert.That((int?)schema["properties"]!["days"]!["default"], Is.EqualTo(3));
        Assert.That(schema["properties"]!["scale"]!.ToJsonString(), Does.Contain("Fahrenheit"));
        Assert.That(await Run(tool, """{"city":"Paris"}"""), Is.EqualTo("Paris 3 Celsius"));
        Assert.That(await Run(tool, """{"city":"Oslo","days":1,"scale":"Fahrenheit"}"""), Is.EqualTo("Oslo 1 Fahrenheit"));
    }

    [Test]
    public async Task A_method_of_an_object_is_a_tool_with_what_its_attributes_say()
    {
        Tool tool = Tool.Create(Add);
        Tool found = Tool.Create(new Func<int, int, int>(Add).Method, this);

        Assert.That((tool.Name, tool.Description), Is.EqualTo(("Add", "Adds.")));
        Assert.That(tool.Parameters, Does.Contain("The one.").And.Contain("The other."));
        Assert.That(found.Parameters, Is.EqualTo(tool.Parameters));
        Assert.That(await Run(tool, """{"first":1,"second":2}"""), Is.EqualTo("3"));
        Assert.That(await Run(found, """{"first":1,"second":2}"""), Is.EqualTo("3"));
    }

    [Test]
    public void A_delegate_of_a_delegate_has_the_name_of_the_method()
    {
        Func<int, int, int> add = Add;

        Assert.That(Tool.Create(add.Invoke).Name, Is.EqualTo("Add"));
        Assert.That(Tool.Create(new Func<int, int, int>(add)).Parameters, Is.EqualTo(Tool.Create(Add).Parameters));
    }

    [Test]
    public async Task A_local_function_has_the_name_that_was_written()
    {
        int offset = 1;
        int Next(int number) => number + offset;

        Tool tool = Tool.Create(Next);

        Assert.That((tool.Name, tool.Description), Is.EqualTo(("Next", "Next")));
        Assert.That(await Run(tool, """{"number":1}"""), Is.EqualTo("2"));
    }

    [Test]
    public async Task A_lambda_needs_a_name_and_keeps_its_parameters()
    {
        Tool tool = Tool.Create(([Said("Its name.")] string city, int days = 2) => $"{city} {days}", "forecast", "Ahead.");

        Assert.That(() => Tool.Create((string city) => city), Throws.ArgumentException.With.Message.Contains("name"));
        Assert.That((tool.Name, tool.Description), Is.EqualTo(("forecast", "Ahead.")));
        Assert.That(Names(JsonNode.Parse(tool.Parameters)!), Is.EqualTo(new[] { "city", "days" }));
        Assert.That(tool.Parameters, Does.Contain("Its name."));
        Assert.That(await Run(tool, """{"city":"Rome"}"""), Is.EqualTo("Rome 2"));
    }

    [Test]
    public void What_has_no_names_is_refused()
    {
        System.Linq.Expressions.Expression<Func<string, string>> expression = city => city;

        Assert.That(() => Tool.Create(expression.Compile()), Throws.ArgumentException);
        Assert.That(() => Tool.Create(expression.Compile(), "echo"), Throws.ArgumentException.With.Message.Contains("echo"));
    }

    [Test]
    public void What_has_no_form_in_JSON_is_refused_by_the_name_of_the_tool() =>
        Assert.That(
            () => Tool.Create((Func<int> number, int other) => number() + other, "count"),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("count").And.Message.Not.Contains("b__"));

    [Test]
    public async Task An_extension_method_that_holds_its_receiver_shows_only_the_rest()
    {
        Tool tool = Tool.Create("a,b".Times);

        Assert.That(Names(JsonNode.Parse(tool.Parameters)!), Is.EqualTo(new[] { "count" }));
        Assert.That(await Run(tool, """{"count":2}"""), Is.EqualTo("a,ba,b"));
    }

    [Test]
    public async Task Results_may_come_at_once_or_later()
    {
        Assert.That(await Run(Tool.Create(() => new Place("Bonn"), "a")), Does.Contain("\"City\":\"Bonn\""));
        Assert.That(await Run(Tool.Create(async () => { await Task.Yield(); return 7; }, "b")), Is.EqualTo("7"));
        Assert.That(await Run(Tool.Create(() => ValueTask.FromResult(Scale.Celsius), "c")), Is.EqualTo("\"Celsius\""));
        Assert.That(await Run(Tool.Create(async () => await Task.Yield(), "d")), Is.EqualTo("done"));
        Assert.That(await Run(Tool.Create(() => { }, "e")), Is.EqualTo("done"));
    }

    [Test]
    public async Task The_only_parameter_that_is_a_record_stands_for_its_properties()
    {
        Tool tool = Tool.Create((Place place) => $"{place.City}/{place.Country ?? "?"}", "locate");

        Assert.That(Names(JsonNode.Parse(tool.Parameters)!), Is.EqualTo(new[] { "City", "Country" }));
        Assert.That(tool.Parameters, Does.Contain("The city's name."));
        Assert.That(await Run(tool, """{"City":"Lima"}"""), Is.EqualTo("Lima/?"));
    }

    [Test]
    public async Task A_nullable_parameter_may_be_null()
    {
        Tool tool = Tool.Create((string? city, int? days) => $"{city ?? "none"} {days?.ToString() ?? "none"}", "maybe");

        Assert.That(await Run(tool, """{"city":null,"days":null}"""), Is.EqualTo("none none"));
        Assert.That(await Run(tool, """{"city":"Rome","days":4}"""), Is.EqualTo("Rome 4"));
    }

    [Test]
    public async Task Wrong_arguments_and_failures_are_outputs()
    {
        ToolOutput wrong = await Tool.Create(Add).RunAsync(new ToolCall("1", "Add", """{"first":"x"}"""));
        ToolOutput failed = await Tool.Create(Fail).RunAsync(new ToolCall("2", "Fail", "{}"));

        Assert.That((wrong.IsError, wrong.Id, wrong.Name), Is.EqualTo((true, "1", "Add")));
        Assert.That(wrong.Result, Does.Contain("first").And.Contain("second"));
        Assert.That(failed, Is.EqualTo(new ToolOutput("2", "Fail", "The oven is cold.", IsError: true)));
    }

    [Test]
    public void Cancelling_is_thrown()
    {
        using var source = new CancellationTokenSource();
        Tool tool = Tool.Create(async (CancellationToken token) => { source.Cancel(); await Task.Delay(Timeout.Infinite, token); }, "wait");

        Assert.That(
            () => tool.RunAsync(new ToolCall("1", "wait", "{}"), source.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_context_is_given_and_not_shown()
    {
        Tool<Library> find = Tool.CreateWithContext<Library>((Library library, string isbn) => library.Find(isbn), "find");
        Toolkit tools = new Toolkit<Library>(find, Tool.Create(Add)).In(new Library());

        ToolResults results = await tools.ExecuteAsync(
            [new ToolCall("1", "find", """{"isbn":"42"}"""), new ToolCall("2", "Add", """{"first":1,"second":1}""")]);

        Assert.That(Names(JsonNode.Parse(find.Parameters)!), Is.EqualTo(new[] { "isbn" }));
        Assert.That(results.Outputs.Select(output => output.Result), Is.EqualTo(new[] { "book 42", "2" }));
    }

    [Test]
    public void A_context_that_no_parameter_takes_is_refused() =>
        Assert.That(
            () => Tool.CreateWithContext<Library>((Place place) => place.City, "find"),
            Throws.ArgumentException.With.Message.Contains("takes no Library"));

    [Test]
    public void Tools_together_have_names_of_their_own()
    {
        Assert.That(() => new Toolkit(Tool.Create(Add), Tool.Create(Add)), Throws.InstanceOf<InvalidRequestException>());
        Assert.That(() => new Toolkit(Tool.Create(Add).WithName("a b")), Throws.InstanceOf<InvalidRequestException>());
        Assert.That(new Toolkit(Tool.Create(Add), Tool.Create(Fail)).TryFind("Fail", out _), Is.True);
    }

    private static async Task<string> Run(Tool tool, string arguments = "{}")
    {
        ToolOutput output = await tool.RunAsync(new ToolCall("1", tool.Name, arguments));
        Assert.That(output.IsError, Is.False, output.Result);
        return output.Result;
    }

    private static IEnumerable<string> Names(JsonNode schema) => schema["properties"]!.AsObject().Select(property => property.Key);
}

internal static class Texts
{
    public static string Times(this string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
