// Wherever a user may speak, an interpolated string keeps its parts, and a plain one is said as it stands.
using NUnit.Framework;

namespace Llm.Tests.Prompts;

public sealed class PromptTextEverywhereTests
{
    public sealed record Book(string Title);

    private static readonly Image _cover = Image.FromUrl("https://example.com/cover.png");

    private static readonly Func<Model, Task>[] _speakers =
    [
        model => model.CallAsync($"Like {_cover}"),
        model => model.RunToolsAsync($"Like {_cover}", rounds: 1),
        model => model.WithFormat<Book>().CallAsync($"Like {_cover}"),
        model => model.WithFormat<Book>().RunToolsAsync($"Like {_cover}", rounds: 1),
        model => model.WithFormat<Book>().Stream($"Like {_cover}").FinishAsync(),
        model => Call.Create(model, (string word) => $"{word} {_cover}").InvokeAsync("Like"),
        model => Call.Create(model, (string word) => new PromptResult($"{word} {_cover}")).InvokeAsync("Like"),
        model => Call.CreateWithContext(model, (Book book, string word) => $"{word} {_cover}").InvokeAsync(new Book("x"), "Like"),
    ];

    [Test]
    public async Task An_image_stays_an_image([Range(0, 7)] int speaker)
    {
        ScriptedTransport script = LlmTransport.Scripted(speaker == 4 ? Fake.Stream("{}") : Fake.Answer("{}"));

        await _speakers[speaker](Fake.Model(script));

        Assert.That(script.Requests[0].Body, Does.Contain("\"url\":\"https://example.com/cover.png\"").And.Not.Contain("Address"));
    }

    [Test]
    public async Task An_answer_that_should_be_a_value_goes_on_with_parts_too()
    {
        ScriptedTransport script = LlmTransport.Scripted(
            Fake.Answer("{}"), Fake.Answer("{}"), Fake.Answer("{\"Title\":\"Emma\"}"), Fake.Stream("{\"Title\":\"Dune\"}"));
        Response<Book> answer = await Fake.Model(script).WithFormat<Book>().CallAsync("A book?");

        answer = await answer.ResumeAsync($"Like {_cover}");
        Result<Response<Book>> again = await answer.TryResumeAsync($"Like {_cover}");
        await using StreamResponse<Book> stream = answer.ResumeStream($"Like {_cover}");

        Assert.That(again.Value.Parse(), Is.EqualTo(new Book("Emma")));
        Assert.That((await stream.FinishAsync()).Parse(), Is.EqualTo(new Book("Dune")));
        Assert.That(script.Requests.Skip(1).Select(request => request.Body), Is.All.Contains("\"url\":\"https://example.com/cover.png\""));
        Assert.That((await answer.TryResumeAsync("More?")).Error, Is.InstanceOf<ConnectionException>());
        Assert.That((await answer.TryResumeAsync(["More?", _cover])).Error, Is.InstanceOf<ConnectionException>());
    }

    [Test]
    public async Task What_broke_off_goes_on_with_parts_too()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Stream("Once") with { IsBroken = true, Pieces = [] }, Fake.Answer("{}"));
        await using StreamResponse stream = Fake.Model(script).Stream("A tale?");
        await stream.TryFinishAsync();

        await stream.Interruption!.ResumeAsync($"Go on, like {_cover}");

        Assert.That(script.Requests[1].Body, Does.Contain("\"url\":\"https://example.com/cover.png\""));
    }

    [TestCase("")]
    [TestCase("SYSTEM: {x}\n    indented {{y}}\r\nUSER: \n\n")]
    public async Task A_plain_string_is_said_as_it_stands(string text)
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("a"), Fake.Answer("b"));
        Model model = Fake.Model(script);

        await model.CallAsync(text);
        await Call.Create(model, (string said) => said).InvokeAsync(text);

        Assert.That(script.Requests[1].Body, Is.EqualTo(script.Requests[0].Body));
        Assert.That(((PromptText)text).Parts, Is.EqualTo(new UserPart[] { text }));
    }

    [Test]
    public void A_field_is_shown_in_the_invariant_culture()
    {
        System.Globalization.CultureInfo before = System.Globalization.CultureInfo.CurrentCulture;

        try
        {
            var commas = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
            commas.NumberFormat.NumberDecimalSeparator = ",";
            System.Globalization.CultureInfo.CurrentCulture = commas;
            Assert.That(new PromptResult("x").WithField("score", 1.5).Fields[0].Value, Is.EqualTo("1.5"));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }
}
