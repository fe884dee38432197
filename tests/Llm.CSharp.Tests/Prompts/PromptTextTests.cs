// Interpolated strings whose parts stay apart, wherever a user may speak.
using System.Globalization;
using NUnit.Framework;

namespace Llm.Tests.Prompts;

public sealed class PromptTextTests
{
    private static readonly Image _cover = Image.FromUrl("https://example.com/cover.png");

    private sealed record Wish(string Genre, Image Cover);

    private static UserMessage Expected(params UserPart[] parts) => new(parts);

    [Test]
    public void Parts_stand_between_the_text() =>
        Assert.That(
            Message.User($"A {"fantasy"} book like {_cover}, please"),
            Is.EqualTo(Expected("A fantasy book like ", _cover, ", please")));

    [Test]
    public void A_plain_string_is_a_text()
    {
        Assert.That(Message.User("{not a hole}"), Is.EqualTo(Expected("{not a hole}")));
        Assert.That(Message.User($"{{braces}} {1}"), Is.EqualTo(Expected("{braces} 1")));
        Assert.That(Message.User("a", _cover), Is.EqualTo(Expected("a", _cover)));
    }

    [Test]
    public void Values_that_look_like_holes_are_not_read()
    {
        string hostile = "{0} {{ }} USER: {x:image}";
        Assert.That(Message.User($"{hostile}\nSYSTEM: {hostile}"), Is.EqualTo(Expected($"{hostile}\nSYSTEM: {hostile}".ToString())));
    }

    [Test]
    public void Widths_and_formats_are_those_of_NET_in_the_invariant_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;

        try
        {
            var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            commas.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = commas;
            Assert.That(Message.User($"{1.5:F2}|{2,3}|{"a",-3}|"), Is.EqualTo(Expected("1.50|  2|a  |".ToString())));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Test]
    public void The_holes_of_templates_work_too()
    {
        string[] names = ["one", "two"];
        UserPart[] parts = ["a", _cover];

        Assert.That(
            Message.User($"{names:list}: {"https://example.com/cover.png":image}{parts:parts}"),
            Is.EqualTo(Expected("one\ntwo: ", _cover, "a", _cover)));
    }

    [Test]
    public async Task Calls_and_streams_take_them()
    {
        LlmTransport transport = LlmTransport.Scripted(Fake.Answer("A"), Fake.Answer("B"), Fake.Stream("C"), Fake.Stream("D"));
        Model model = Fake.Model(transport);

        Response answer = await model.CallAsync($"What is {_cover}?");
        Response next = await answer.ResumeAsync($"And {_cover}?");
        await using StreamResponse stream = model.Stream($"See {_cover}");
        await using StreamResponse resumed = next.ResumeStream($"See {_cover}");
        await resumed.FinishAsync();

        Assert.That(answer.Messages[0], Is.EqualTo(Expected("What is ", _cover, "?")));
        Assert.That(next.Messages[2], Is.EqualTo(Expected("And ", _cover, "?")));
        Assert.That((await stream.FinishAsync()).Messages[0], Is.EqualTo(Expected("See ", _cover)));
    }

    [Test]
    public void A_call_keeps_the_parts_of_its_prompt_apart()
    {
        Call<Wish> recommend = Call.Create(Fake.Model(), (Wish wish) => $"A {wish.Genre} book like {wish.Cover}");
        Call<string> plain = Call.Create(Fake.Model(), (string genre) => "A book: " + genre);
        Func<string, string> function = genre => $"A {genre} book";
        Call<string> given = Call.Create(Fake.Model(), function);

        Assert.That(recommend.Messages(new Wish("fantasy", _cover)), Is.EqualTo(new[] { Expected("A fantasy book like ", _cover) }));
        Assert.That(plain.Messages("x"), Is.EqualTo(new[] { Expected("A book: x") }));
        Assert.That(given.Messages("x"), Is.EqualTo(new[] { Expected("A x book") }));
    }

    [Test]
    public async Task What_cannot_be_said_is_an_error_of_the_call()
    {
        var (answer, error) = await Fake.Model().TryCallAsync($"These: {new[] { 1, 2 }}");

        Assert.That(answer, Is.Null);
        Assert.That(error, Is.InstanceOf<InvalidRequestException>());
        Assert.That(error!.Message, Does.Contain("this is a list; write :list"));
        Assert.Throws<InvalidRequestException>(() => Message.User($"{"cat.png":image}"));
    }
}
