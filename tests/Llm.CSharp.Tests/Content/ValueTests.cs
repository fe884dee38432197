// Content is a value: equal when it says the same, and never changed from outside.
using NUnit.Framework;

namespace Llm.Tests.Content;

public sealed class ValueTests
{
    [Test]
    public void Messages_that_say_the_same_are_equal()
    {
        Message one = Message.User("Look", new Image.Inline("image/png", new byte[] { 1, 2 }));
        Message other = Message.User(new List<UserPart> { "Look", new Image.Inline("image/png", new byte[] { 1, 2 }) });

        Assert.That(other, Is.EqualTo(one));
        Assert.That(other.GetHashCode(), Is.EqualTo(one.GetHashCode()));
        Assert.That(Message.User("Look"), Is.Not.EqualTo(one));
    }

    [Test]
    public void A_list_that_the_caller_changes_later_changes_no_message()
    {
        List<UserPart> parts = ["a"];
        UserMessage message = Message.User(parts);

        parts.Add("b");

        Assert.That(message.Content, Has.Count.EqualTo(1));
    }

    [Test]
    public void Bytes_that_the_caller_changes_later_change_no_part()
    {
        byte[] array = [1, 2];
        Bytes bytes = array;

        array[0] = 9;

        Assert.That(bytes.ToArray(), Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That(Bytes.FromBase64(bytes.ToBase64()), Is.EqualTo(bytes));
        Assert.That(bytes.ToString(), Is.EqualTo("2 bytes"));
        Assert.That(default(Bytes), Is.EqualTo(new Bytes([])));
    }

    [Test]
    public void A_message_with_no_part_is_refused_however_it_is_made()
    {
        Assert.That(() => Message.User("a") with { Content = [] }, Throws.InstanceOf<InvalidRequestException>());
        Assert.That(() => new UserMessage([]), Throws.InstanceOf<InvalidRequestException>());
    }

    [Test]
    public void Parameters_that_say_the_same_are_equal()
    {
        Params one = new() { StopSequences = ["a"], Thinking = ThinkingLevel.High };
        Params other = new() { StopSequences = new List<string> { "a" }, Thinking = new Thinking(ThinkingLevel.High) };

        Assert.That(other, Is.EqualTo(one));
        Assert.That(one.ToString(), Does.Contain("[a]"));
    }
}
